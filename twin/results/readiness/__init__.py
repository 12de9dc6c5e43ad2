"""Documents, procedures, tools and queues of a run as tables."""
