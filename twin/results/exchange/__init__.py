"""A run as other systems read it."""
