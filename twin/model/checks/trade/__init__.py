"""Checks of what is declared of buying and selling."""
