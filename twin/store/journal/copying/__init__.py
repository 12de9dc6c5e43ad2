"""A whole journal once more, its rows as they stand."""
