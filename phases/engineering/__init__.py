"""What the engineering phase needs beyond the mechanisms, and its facts."""
