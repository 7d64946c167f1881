"""What happened to the invoice template. ``subject`` is the engagement's slug."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InvoiceTemplateChanged:
    subject: str
    version: int
