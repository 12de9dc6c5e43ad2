"""What the plant's files declare of materials, suppliers, customers and taxes, as it becomes otherwise while the journal goes on."""
