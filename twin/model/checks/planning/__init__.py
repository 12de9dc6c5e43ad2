"""What a person declares for the material plan: how materials are ordered, and what is on order."""
