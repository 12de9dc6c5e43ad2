"""Commands that take in what others say, and say to others what is so here."""
