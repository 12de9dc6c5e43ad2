"""What became of the time of persons, tools and gauges: states that tile it, as those of equipment do."""
