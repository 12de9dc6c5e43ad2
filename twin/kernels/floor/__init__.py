"""The plant floor as one compiled kernel: what is there is rows of integers, and time moves from instant to instant."""
