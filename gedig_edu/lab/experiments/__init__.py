"""Experiments: each turns one text into rows, and the rows of many texts into small tables."""
