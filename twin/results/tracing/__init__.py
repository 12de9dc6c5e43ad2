"""Where a lot came from, what became of it, where it is now, and who has what: traces, mass balances, recalls."""
