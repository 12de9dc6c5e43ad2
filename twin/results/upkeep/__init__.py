"""What keeps a plant in order, as tables: alarms, maintenance, and what a supervisor has to look at first."""
