"""How a process ran: its values over time, with what they keep to."""
