"""Order to cash: what customers want, what was promised to them, what they get."""
