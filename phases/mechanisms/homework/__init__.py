"""Homework: who was asked for what, handing over, sending back, and following up."""
