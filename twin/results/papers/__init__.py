"""What goes to customers and suppliers: order confirmations, invoices, credit notes, reminders, purchase orders."""
