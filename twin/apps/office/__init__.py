"""What people in the office say on forms: purchasing, stock, the books, packing."""
