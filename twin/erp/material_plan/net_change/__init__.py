"""Plans that are kept, and take what has changed."""
