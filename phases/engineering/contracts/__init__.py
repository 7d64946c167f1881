"""Contracts of an engagement's customer: their terms in versions, and what they rest on."""
