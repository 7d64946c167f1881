"""What the enablement phase needs beyond the mechanisms, and its facts."""
