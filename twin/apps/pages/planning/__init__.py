"""Cards of the page Schedule by which a planner supposes, moves and decides."""
