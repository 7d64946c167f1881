"""Versions of the assessment: what stood when, and what changed between any two."""
