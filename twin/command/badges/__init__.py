"""Who may sign and sign on: the command `twin secrets`."""
