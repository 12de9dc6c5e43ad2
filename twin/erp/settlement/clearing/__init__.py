"""What clears open items besides money, whose money it is, and how it is taken back."""
