"""The plant that runs: SimPy processes for what takes time, one settle phase at each instant for what is granted."""
