"""What has to be there before work starts, and how it is to be done: documents, procedures, tools; what persons say in a simulation."""
