"""Events of what keeps a plant in order: alarms, modes, maintenance, and what a supervisor says."""
