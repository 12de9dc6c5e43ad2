"""A page at a machine that is loaded while the server is away: kept in the browser, with what it showed last."""
