"""Stock that is brought from one site to another, and is on its way meanwhile."""
