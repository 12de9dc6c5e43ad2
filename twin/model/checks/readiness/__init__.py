"""What is declared of documents, procedures and tools makes sense."""
