"""Equipment and what it does: work units, lines, failures and repair."""
