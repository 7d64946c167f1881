"""Real invoices: imported from exports, each with the file and row it came from."""
