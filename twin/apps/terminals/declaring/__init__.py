"""Forms of what a plant declares, and persons add or change while it runs: documents and the like."""
