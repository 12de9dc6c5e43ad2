"""Demand forecast by statsmodels, the method chosen by how well it would have done: for studies, and handed to the ERP that asks for it."""
