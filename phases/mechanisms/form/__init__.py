"""The mechanism: form."""
