"""What a run says of its stock and its warehouse."""
