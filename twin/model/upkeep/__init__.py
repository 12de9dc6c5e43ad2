"""What keeps a plant in order: alarms that somebody answers, maintenance that is planned, gauges that are calibrated."""
