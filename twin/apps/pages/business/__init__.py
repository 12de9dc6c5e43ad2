"""Pages for the office: orders and promises, the material plan, purchasing, finance, month-end."""
