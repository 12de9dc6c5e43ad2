"""What a plant declares of settling what is owed: taxes, currencies, terms, reminders, budgets; and who pays when by itself."""
