"""Widgets, each one class beside its own assets."""
