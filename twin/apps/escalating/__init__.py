"""What nobody has answered in time goes off this server: to other programs, and by mail."""
