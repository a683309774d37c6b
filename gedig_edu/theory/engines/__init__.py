"""How a gauge is read fast: compiled with numba, with NumPy and SciPy, or on a GPU with torch."""
