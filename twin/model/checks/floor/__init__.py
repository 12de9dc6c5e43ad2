"""Rules of what stands and moves on the floor beyond equipment."""
