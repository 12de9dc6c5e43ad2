"""What persons in the office say of what is bought and sold, and what the ERP concludes of it."""
