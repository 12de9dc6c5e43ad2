"""Pages of shifts and batches: what is handed over, what is signed."""
