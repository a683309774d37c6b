"""Plots and widgets: records and arrays in, pictures out."""
