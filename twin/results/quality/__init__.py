"""Quality of a run: tables of inspections, nonconformances and actions, control charts, certificates of analysis."""
