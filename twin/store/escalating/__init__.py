"""Who is told off the server of what nobody has answered: the file that says so."""
