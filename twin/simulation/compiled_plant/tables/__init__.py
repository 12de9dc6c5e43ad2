"""Parts of a plant laid out as rows, each with one concern."""
