"""What happened to reconciliations. ``subject`` is ``reconciliation/<id>``, or the engagement's
slug."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReconciliationStarted:
    """``files`` are the hashes of every file used."""

    subject: str
    purpose: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class ReconciliationDone:
    """``outcomes`` counts how the invoices ended."""

    subject: str
    outcomes: dict[str, int]


@dataclass(frozen=True)
class ReconciliationRemoved:
    subject: str


@dataclass(frozen=True)
class VarianceChanged:
    """``row`` is the variance; ``state`` how it stands now."""

    subject: str
    row: int
    state: str
    cause: str
    owner: str


@dataclass(frozen=True)
class ReconciliationSettingsChanged:
    subject: str
    version: int


@dataclass(frozen=True)
class InvoicesPutBeforeCustomer:
    """Invoices of the run were put before the customer."""

    subject: str
    rows: tuple[str, ...]
