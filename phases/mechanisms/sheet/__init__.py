"""The mechanism: sheet."""
