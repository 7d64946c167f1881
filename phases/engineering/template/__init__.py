"""The invoice template of an engagement: what its customer's invoices show, and how they look."""
