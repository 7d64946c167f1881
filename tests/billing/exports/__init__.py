"""Tests of exported invoices."""
