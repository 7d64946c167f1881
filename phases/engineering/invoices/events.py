"""What happened to imports of invoices. ``subject`` is ``invoices/import/<id>``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InvoiceFileAdded:
    """``side`` says whose invoices they are; ``sha256`` is of the file."""

    subject: str
    side: str
    sha256: str


@dataclass(frozen=True)
class InvoiceMappingChanged:
    subject: str


@dataclass(frozen=True)
class InvoicesImported:
    subject: str
    invoices: int


@dataclass(frozen=True)
class InvoiceFileRefused:
    """``faults`` is how many there are; none of its invoices was taken over."""

    subject: str
    faults: int


@dataclass(frozen=True)
class InvoiceImportRemoved:
    subject: str


@dataclass(frozen=True)
class InvoiceImportRestored:
    subject: str
