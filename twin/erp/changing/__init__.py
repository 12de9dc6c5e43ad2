"""What was asked for shall be otherwise, or not at all: requests that are planned, and orders of customers."""
