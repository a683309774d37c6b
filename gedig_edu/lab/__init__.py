"""Measurements: statistics, experiments, training."""
