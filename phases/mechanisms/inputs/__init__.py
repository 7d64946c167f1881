"""The mechanism: inputs, named facts with a standing."""
