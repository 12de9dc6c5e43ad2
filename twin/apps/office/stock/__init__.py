"""What is said on the page Stock of goods that change their site."""
