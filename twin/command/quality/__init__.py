"""How quality stands, in the terminal."""
