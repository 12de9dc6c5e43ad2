"""The plant that runs fast: one compiled kernel on rows of integers, with the same events as the readable plant, bit for bit."""
