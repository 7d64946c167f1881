"""The mechanism: metric."""
