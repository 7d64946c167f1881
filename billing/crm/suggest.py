"""Findings as what an engagement can keep: assumed inputs, risks, gaps, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from billing.crm.motion import percent
from billing.crm.report import Audit, Finding

Severity = Literal["high", "medium", "low"]

BLOCKING = frozenset({"payment_terms", "billing_frequency", "term_start", "term_end", "currency",
                      "amount", "account", "close"})  # fmt: skip
PLANS = {
    "missing": "Fill it in for the won deals, and require it in the CRM before a deal is won.",
    "unmatched": "Agree on one name per product and map the names in use to the price book.",
    "duplicate": "Find out which rows are real, and merge or drop the others.",
    "unreadable": "Correct the values in the CRM.",
    "value": "Find out what these deals are worth.",
    "order": "Correct the dates in the CRM.",
    "currency": "Settle in which currencies customers are billed.",
    "outlier": "Look at each with whoever owns the deal.",
}


@dataclass(frozen=True)
class Keys:
    """Where the caller keeps what: a register for gaps, one for risks, and an input by fact."""

    gaps: str
    risks: str
    inputs: Mapping[str, str]
    """By the names of ``FACTS``; a fact without a key is not suggested."""


FACTS = ("motion", "motion_evidence", "multi_currency", "deal_count", "deal_value", "cycle_days",
         "quality")  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """One thing to take over: into what, under which words, and where it comes from."""

    kind: Literal["input", "risk", "gap"]
    into: str
    name: str
    """The same finding has the same name each time, so that it is taken over once."""
    title: str
    value: str
    severity: Severity | None
    plan: str
    source: str


def suggestions(audit: Audit, keys: Keys) -> tuple[Suggestion, ...]:
    """What *audit* says, ready to be taken over one by one or all together; all of it assumed."""
    return (*_inputs(audit, keys), *_gaps(audit, keys), *_risks(audit, keys))


def source_words(audit: Audit, finding: Finding | None = None) -> str:
    """Where a suggestion comes from: the file, and how much of it."""
    if finding is None:
        return f"CRM export {audit.name}, {audit.rows:,} rows"
    column = f", column “{finding.column}”" if finding.column else ""
    return f"CRM export {audit.name}{column}, {finding.count:,} of {finding.of:,} rows"


def _inputs(audit: Audit, keys: Keys) -> list[Suggestion]:
    structure, motion = audit.structure, audit.motion
    facts: dict[str, tuple[str, str]] = {}
    if motion.kind:
        facts["motion"] = (motion.kind, " ".join(motion.reasons))
        facts["motion_evidence"] = (f"{motion.words}: {' '.join(motion.reasons)}", "The figures.")
    if audit.finding("currency.mixed"):
        facts["multi_currency"] = ("true", "The export has deals in more than one currency.")
    facts["deal_count"] = (str(structure.deals), "Won deals in the export.")
    for code, amount in structure.amounts.items():
        if code == structure.currency:
            facts["deal_value"] = (f"{amount:,f} {code}".strip(), "Sum of the won deals.")
    if structure.cycle:
        facts["cycle_days"] = (f"{structure.cycle.middle:f}", "Median from first to close date.")
    if structure.deals and audit.by_state["won"]:
        facts["quality"] = (_quality(audit), "What billing needs, and the won deals lack.")
    return [
        Suggestion("input", keys.inputs[name], f"crm.{name}", why, value, None, "",
                   source_words(audit))
        for name, (value, why) in facts.items() if name in keys.inputs
    ]  # fmt: skip


def _quality(audit: Audit) -> str:
    won = audit.by_state["won"]
    lacks = "; ".join(f"{each.title.lower()}: {each.gaps:,}" for each in audit.gaps)
    lacking = f"{audit.with_gaps:,} of {won:,} won deals ({percent(audit.with_gaps, won)})"
    return f"{lacking} lack what billing needs. {lacks}." if lacks else "No gap was found."


def _gaps(audit: Audit, keys: Keys) -> list[Suggestion]:
    return [
        Suggestion(
            "gap", keys.gaps, f"crm.{each.key}", f"{each.title} on {each.gaps:,} won deals",
            each.why, severity(each, audit.by_state["won"]), PLANS[each.kind],
            source_words(audit, each),
        )
        for each in audit.gaps
    ]  # fmt: skip


def severity(finding: Finding, won: int) -> Severity:
    """High where most won deals cannot be billed for want of it."""
    part = finding.gaps / max(1, won)
    field = finding.key.partition(".")[2]
    if finding.kind == "missing" and field in BLOCKING and part >= 0.5:
        return "high"
    return "medium" if part >= 0.05 else "low"


def _risks(audit: Audit, keys: Keys) -> list[Suggestion]:
    won = audit.by_state["won"]
    found: list[Suggestion] = []
    if audit.with_gaps:
        part = percent(audit.with_gaps, won)
        value = f"{audit.with_gaps:,} of {won:,} won deals ({part}) lack what billing needs."
        serious: Severity = "high" if audit.with_gaps * 2 >= won else "medium"
        found.append(_risk(keys, "data_quality", "CRM data is not ready for billing", value,
                           serious, source_words(audit)))  # fmt: skip
    for key, name, title in (
        ("unmatched.product", "catalogue", "Products in the CRM and the price book differ"),
        ("duplicate.exact", "duplicates", "Deals may be billed twice"),
        ("currency.mixed", "currencies", "Billing in several currencies"),
        ("outlier.amount", "outliers", "Some amounts may be wrong"),
    ):
        if each := audit.finding(key):
            level: Severity = "low" if key == "outlier.amount" else "medium"
            found.append(_risk(keys, name, title, each.why, level, source_words(audit, each)))
    return found


def _risk(
    keys: Keys, name: str, title: str, value: str, level: Severity, source: str
) -> Suggestion:  # fmt: skip
    return Suggestion("risk", keys.risks, f"crm.risk.{name}", title, value, level, "", source)
