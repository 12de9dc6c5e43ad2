"""The pages. Each is a function of a feed that builds the page for one viewer."""
