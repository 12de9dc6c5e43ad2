"""Messages of other systems at the door: read, taken once, and answered."""
