"""Where everything lies, field by field. `plant_rows` is read first."""
