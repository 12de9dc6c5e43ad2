"""What was asked for is changed or withdrawn while it is on the floor and has not begun."""
