"""The page of stock and the warehouse."""
