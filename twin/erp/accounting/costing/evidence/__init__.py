"""What accounts of costs must show, reckoned a second time from the events alone."""
