"""How a gauge is read fast: compiled with numba, with NumPy, or on a GPU with torch."""
