"""What customers will order: forecasts of demand by statsmodels, the method chosen by how well it would have done."""
