"""Performance analysis: ISO 22400-2 indicators of any scope over any window, down to the intervals and counts they come from."""
