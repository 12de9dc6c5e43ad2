"""How lots flow: what makes no sense."""
