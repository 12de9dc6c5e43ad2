"""serve and live: the pages of a run, and the interface for programs."""
