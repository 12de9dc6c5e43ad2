"""Open orders on the equipment that makes them, and when they are really done."""
