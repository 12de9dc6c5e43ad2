"""Two pictures that no library draws as a plant needs them: the floor and the schedule. Each is one JavaScript file beside its Python face."""
