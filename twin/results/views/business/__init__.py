"""What people in the office look at: orders and promises, the material plan, purchasing, the books and their periods."""
