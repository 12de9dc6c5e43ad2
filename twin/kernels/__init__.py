"""Pure arithmetic on scalars and arrays, written once for the MES and for the plants. Imports: NumPy and Numba."""
