"""Text in, attention maps out."""
