"""schedule: what is to be done where, when and by whom, in the terminal."""
