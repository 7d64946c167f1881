"""What can be wrong with terms or invoices, said so that whoever wrote them can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: in which row (a contract, an invoice), in which field, and what to do.

    ``row`` counts from 1 in the order of the file; 0 stands for the document as a whole.
    """

    row: int
    name: str
    field: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else "document"
        name = f" ({self.name})" if self.name else ""
        remedy = f" {self.remedy}." if self.remedy else ""
        return f"{row}{name}: {self.field}: {self.what}.{remedy}"


class BillingError(Exception):
    """Billing arithmetic refuses what it was asked to do."""


class TermsError(BillingError):
    """Terms that cannot be billed; it carries every problem found, in the order of the rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.row, p.field)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvoiceError(TermsError):
    """Real invoices that cannot be read as such."""


class UnknownCurrencyError(BillingError):
    """No currency has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no currency '{code}'; use its three letters, such as EUR")


class BeyondTiersError(BillingError):
    """A quantity that no tier covers."""

    def __init__(self, quantity: object, last: object) -> None:
        super().__init__(
            f"{quantity} units lie beyond the last tier, which ends at {last};"
            " give the last tier no upper bound or add one"
        )
