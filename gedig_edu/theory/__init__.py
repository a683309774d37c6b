"""Mathematics on arrays: no models, no plots, no I/O."""
