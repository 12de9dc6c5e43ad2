"""Level 3: documents, procedures and tools: what becomes of them, and what persons say about them."""
