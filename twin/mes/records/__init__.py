"""What is written down about a shift or a batch, and stands."""
