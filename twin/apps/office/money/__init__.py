"""What accountants say on the finance page: the bank, entries by hand, bills and invoices for no goods, budgets."""
