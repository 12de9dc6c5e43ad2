"""What a plant declares of its warehouse: zones and bins, how goods are put away, picked, replenished and counted."""
