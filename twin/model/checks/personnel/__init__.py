"""Checks of what a plant declares about its people."""
