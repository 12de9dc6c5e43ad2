"""What may become of a run from now on."""
