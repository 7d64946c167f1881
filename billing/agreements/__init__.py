"""Contracts as CRM and billing systems export them: recognised, asked about, turned into terms."""
