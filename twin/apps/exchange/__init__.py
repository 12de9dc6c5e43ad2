"""Messages of other systems over HTTP on loopback."""
