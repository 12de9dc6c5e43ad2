"""What programs read about plans."""
