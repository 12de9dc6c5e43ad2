"""What a run bought and sold, as tables."""
