"""Which revision of a document is valid, who has acknowledged it, and what was valid when a job order began."""
