"""The mechanism: matrix."""
