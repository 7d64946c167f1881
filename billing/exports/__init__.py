"""Invoices as billing systems export them: recognised, asked about, read whole or not at all."""
