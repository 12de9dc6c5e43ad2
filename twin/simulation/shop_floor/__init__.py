"""What stands on the floor: equipment with its states, the places where lots wait, what fails, who works when."""
