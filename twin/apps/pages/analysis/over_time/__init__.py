"""A figure over time, in any window."""
