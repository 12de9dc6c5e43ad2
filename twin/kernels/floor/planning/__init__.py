"""What Level 4 decides, by rule: requests down the bills, purchases, shipments; and whom Level 3 sends to which job."""
