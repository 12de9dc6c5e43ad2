"""Figures that no account is: variances, ages, budgets and margins, down to the legs that they are made of."""
