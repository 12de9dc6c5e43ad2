"""Files that stand beside those of a plant, and that it names."""
