"""What a planner says on the Material plan page."""
