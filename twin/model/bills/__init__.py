"""What bills say: what goes into a material, and what comes of it besides."""
