"""What tax was asked for and paid, by code."""
