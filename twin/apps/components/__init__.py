"""Two pictures that no library draws as a plant needs them, the floor and the schedule: JavaScript, with a Python face."""
