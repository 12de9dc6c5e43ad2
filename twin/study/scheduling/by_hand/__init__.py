"""What a planner decides by hand in a schedule."""
