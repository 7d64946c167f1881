"""Judging facts at a phase's end: criteria, outcomes, waivers."""
