"""What the strategy phase needs beyond the mechanisms, and its facts."""
