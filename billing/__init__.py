"""Billing arithmetic: contract terms, expected invoices, reconciliation, CRM audit."""
