"""What costing goes by: expected prices and rates by period, tariffs."""
