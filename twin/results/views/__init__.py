"""What a page or a person asks of a run at one moment: frozen rows, no frames, quick enough to be asked twice a second."""
