"""What the compiled engine runs: the cells of a map, the ranks of its weights, its paths."""
