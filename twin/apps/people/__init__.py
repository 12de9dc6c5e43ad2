"""People on pages: who is there, what they can, who they are."""
