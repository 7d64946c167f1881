"""The scenario pack: contracts whose right invoices are known, tried on the billing tool."""
