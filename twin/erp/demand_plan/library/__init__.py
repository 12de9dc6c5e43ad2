"""Demand forecast by statsmodels, the method chosen by how well it would have done: for studies, and at work where that is asked for."""
