"""What keeps a plant in order, in the terminal: alarms, maintenance."""
