"""Real invoices held against expected ones; two sides of a ledger; what differs, and why."""
