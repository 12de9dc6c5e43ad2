"""The compiled plant as a value: kept at an instant, written down, changed, gone on from."""
