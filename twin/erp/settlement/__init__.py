"""Settlement: what is owed to suppliers and by customers as open items, what is paid of it, and what the bank says."""
