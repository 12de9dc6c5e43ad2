"""What persons say of the work that they do: counts, stops with their reasons, calls for help."""
