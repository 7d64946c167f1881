"""The mechanisms that content drives, one small package each."""
