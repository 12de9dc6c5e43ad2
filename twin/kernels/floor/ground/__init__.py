"""What everything else on the floor stands on: timers, chance, names, and what is said."""
