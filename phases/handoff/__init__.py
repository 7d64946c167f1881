"""What the handoff phase needs beyond the mechanisms, and its facts."""
