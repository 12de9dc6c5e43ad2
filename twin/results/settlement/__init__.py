"""What a run says of what is owed and paid: open items, cash flow, budgets, figures opened, books to take away."""
