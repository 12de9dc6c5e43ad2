"""Tables of what is declared."""
