"""Contracts and documents of them, checked as a whole."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from billing import amending, checking
from billing.conventions import Conventions
from billing.parts import Day, Part
from billing.terms import Agreement


class ContractFault(ValueError):
    """Problems of a contract as pairs of field and sentence, for the reader to place."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.found = found
        super().__init__("; ".join(f"{field}: {what}" for field, what in found))


class Contract(Agreement):
    """What was agreed with a customer."""

    @model_validator(mode="after")
    def holds_together(self) -> Self:
        """Refuse what no field can see alone; every problem at once."""
        if found := [*checking.problems_of(self), *amending.problems_of(self)]:
            raise ContractFault(found)
        return self


class Document(Part):
    """Contracts with the conventions they are billed by."""

    conventions: Conventions = Conventions()
    bill_through: Day | None = Field(
        None, description="Last issue date of the invoices wanted; default: all of the term."
    )
    contracts: tuple[Contract, ...] = Field(min_length=1)
