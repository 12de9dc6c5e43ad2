"""What is kept, and reading it back: plant files, the journal, event pages. Imports: model, kernels."""
