"""The mechanism: register."""
