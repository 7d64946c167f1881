"""The mechanism: schedule."""
