"""What is measured to know the measuring."""
