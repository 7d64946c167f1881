"""An audit in words, for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from billing.crm.report import Audit, Finding


def lines_of(audit: Audit) -> Iterator[str]:
    """The report, line by line."""
    states = ", ".join(f"{count:,} {name}" for name, count in audit.by_state.items() if count)
    yield f"{audit.name}: {audit.rows:,} rows: {states}"
    yield f"Worth of the won deals: {amounts(audit.won_amount)}"
    yield from audit.notes
    yield f"Motion: {audit.motion.words}" + (
        f" ({audit.motion.strength} evidence)" if audit.motion.strength else ""
    )
    yield from (f"  + {reason}" for reason in audit.motion.reasons)
    yield from (f"  - {reason}" for reason in audit.motion.against)
    yield from _questions(audit)
    gaps = [each for each in audit.findings if each.is_gap]
    others = [each for each in audit.findings if not each.is_gap]
    for title, findings in (("Gaps in billing", gaps), ("Noted, no gap in billing", others)):
        if findings:
            yield f"{title}:"
            for finding in findings:
                yield from _finding(finding)
    yield (
        f"Rows: {audit.with_gaps:,} with gaps + {audit.noted:,} with notes only"
        f" + {audit.clean:,} without = {audit.rows:,}"
    )


def amounts(by_currency: Mapping[str, Decimal]) -> str:
    """Sums with their currency."""
    return "; ".join(
        f"{amount:,f} {code or '(no currency given)'}" for code, amount in by_currency.items()
    )


def _questions(audit: Audit) -> Iterator[str]:
    unrecognised = audit.recognition.unrecognised
    if unrecognised:
        yield "Not recognised: " + ", ".join(f"“{column.title}”" for column in unrecognised)
    for question in audit.recognition.questions:
        yield f"? {question.text} {question.hint}".rstrip()


def _finding(finding: Finding) -> Iterator[str]:
    share = finding.share * 100
    column = ", no such column" if finding.absent else ""
    yield (
        f"  {finding.title}: {finding.count:,} of {finding.of:,} rows ({share:.1f}%{column})"
        f", on won deals: {finding.by_state['won']:,}. {finding.why}"
    )
    for detail in finding.details[:10]:
        note = f": {detail.note}" if detail.note else ""
        yield f"    “{detail.value}” in {detail.count:,} rows{note}"
