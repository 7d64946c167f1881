"""The mechanism: checklist."""
