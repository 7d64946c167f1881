"""From contract terms to the invoices that should exist (issue 5, Expected invoices)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from billing import commitments, fixed, recurring, usage
from billing.assembling import assembled
from billing.contracts import Contract, Document
from billing.conventions import DEFAULT, Conventions, merged
from billing.errors import BeyondTiersError, Problem, TermsError
from billing.invoices import Charge, Invoice
from billing.lifelines import Life, Lives
from billing.money import Purse, known_currency
from billing.rates import Context
from billing.terms import Line, Milestones, OneOff, Recurring, Usage

Made = tuple[Contract, Conventions, tuple[Invoice, ...]]


def expected_of(document: Document) -> list[Made]:
    """Each contract of a document with its conventions and expected invoices.

    Raises:
        TermsError: contracts that cannot be billed, each named.
    """
    found: list[Made] = []
    problems: list[Problem] = []
    for row, contract in enumerate(document.contracts, 1):
        c = merged(document.conventions, contract.conventions)
        try:
            invoices = expected(contract, document.conventions, document.bill_through, row)
        except TermsError as error:
            problems += error.problems
        else:
            found.append((contract, c, invoices))
    if problems:
        raise TermsError(problems)
    return found


def expected(
    contract: Contract,
    conventions: Conventions = DEFAULT,
    bill_through: date | None = None,
    row: int = 1,
) -> tuple[Invoice, ...]:
    """The invoices of a contract in order of their issue dates, to *bill_through* inclusive.

    The contract's own conventions go before *conventions*.

    Raises:
        TermsError: the contract is open and no day to bill through is given, its dates leave
            nothing to bill, or a quantity lies beyond its tiers.
    """
    c = merged(conventions, contract.conventions)
    lives = Lives(contract, c)
    through = contract.bill_through or bill_through
    if lives.end is None and through is None:
        remedy = "Give an end, months, or bill_through"
        problem = Problem(row, contract.number, "end", "the contract has no end", remedy)
        raise TermsError([problem])
    if lives.end is not None and lives.end <= lives.start and not contract.amendments:
        what = "the term is empty: its end is exclusive and not after its start"
        raise TermsError([Problem(row, contract.number, "end", what)])
    context = Context(lives, Purse(known_currency(contract.currency), c), through)
    try:
        charges = charges_of(context, c)
    except BeyondTiersError as error:
        raise TermsError([Problem(row, contract.number, "lines", str(error))]) from error
    return assembled(contract, charges, context.purse, c)


def charges_of(context: Context, c: Conventions) -> list[Charge]:
    """Every charge of a contract that is issued in time."""
    found: list[Charge] = []
    for life in context.lives:
        found.extend(BILLERS[type(life.versions[0].line)](life, context))
    if context.lives.contract.commitments:
        found.extend(commitments.charges(context, found, c))
    through = context.horizon
    if through is None:
        return found
    return [charge for charge in found if charge.issue <= through]


Biller = Callable[[Life, Context], list[Charge]]

BILLERS: dict[type[Line], Biller] = {
    Recurring: recurring.charges,
    Usage: usage.charges,
    OneOff: fixed.one_off,
    Milestones: fixed.milestones,
}
