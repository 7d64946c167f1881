"""The mechanism: trigger."""
