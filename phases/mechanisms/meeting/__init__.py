"""The mechanism: meeting."""
