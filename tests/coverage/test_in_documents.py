"""What is typed through the pages of a part, read in the PDF of each document it belongs in."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook.loader import load
from playbook.models import Criterion, Document
from tests.coverage.world import Place, World

PLAYBOOK = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")

DOCUMENTS = {
    "Q1.document.card": ("Q1.rule",),
    "Q4.document.assessment": ("Q4.v0", "Q4.step"),
    "Q7.document.alignment": (
        "Q7.meeting", "Q7.milestone", "Q6.agenda", "Q6.bring", "Q6.leave", "Q12.criterion",
    ),
    "Q6.document.deck": ("Q7.milestone", "Q8.register.current", "Q8.register.future"),
    "Q13.document.spec": ("Q13.section",),
    "Q14.document.handoff": (
        "Q14.agenda", "Q14.bring", "Q14.leave", "Q14.register.access", "Q13.sequence",
    ),
    "Q16.document.tests": (
        "Q16.test", "Q16.customer_test", "Q16.monitoring", "Q16.register.invoices",
    ),
    "Q17.document.guides": ("Q17.guide",),
    "Q17.document.scripts": ("Q17.script",),
    "Q17.document.training": ("Q17.session", "Q17.asset", "Q17.delivery", "Q17.faq"),
    "Q18.document.hypercare": (
        "Q18.metric", "Q18.week", "Q18.register.issues", "C7.checkpoint", "C12.review",
        "C12.register.causes",
    ),
    "Q23.document.close": (
        "Q22.agenda", "Q23.archive", "Q23.prep", "Q23.register.retention",
        "Q25.register.deliverables", "Q14.register.access",
    ),
    "C1.document.design": (
        "C1.area", "C1.register.decisions", "C1.artifact", "C3.option", "C3.criterion",
        "C3.register.lock_in", "C3.register.deferred", "C4.primitive", "C4.state", "C5.layer",
        "C8.state", "C8.queue",
    ),
    "C10.document.verification": (
        "C2.control", "C11.test", "C11.register.pack", "C4.register.traces", "C10.input",
        "C10.threshold", "C10.incident", "C8.register.payouts", "C8.register.exceptions",
        "C9.register.programs", "C9.register.decisions", "C9.register.overrides",
        "C9.register.tax_documents", "C9.register.reporting", "C9.register.vat",
    ),
    "Q21.document.internal": ("Q21.context", "Q21.escalation"),
    "Q25.document.intake": ("Q3.homework", "Q3.question", "Q27.measure"),
    "Q25.document.process_maps": ("Q8.register.current", "Q8.register.future"),
    "Q25.document.gaps": ("Q9.register.gaps", "Q24.risk"),
    "Q25.document.tool_matrix": ("Q10.option", "Q10.requirement"),
    "Q25.document.integration_design": (
        "Q11.register.mapping", "Q11.register.triggers", "Q28.register.edge_cases",
        "Q28.register.tax", "C1.area",
    ),
    "Q25.document.definitions": ("Q5.term",),
    "Q25.document.configuration": (
        "Q15.component", "Q16.test", "Q16.register.invoices", "Q14.register.access",
    ),
    "Q25.document.runbook": ("Q17.asset", "F.function", "C5.layer", "C8.queue"),
    "Q25.document.faq": ("Q17.faq",),
    "Q25.document.maintenance": (
        "Q20.monthly", "Q20.quarterly", "Q20.first_cycle", "Q20.yearly",
    ),
    "Q25.document.support": ("Q21.escalation",),
    "Q25.document.package": ("Q22.package", "Q25.register.deliverables"),
    "Q30.document.dashboard": ("Q30.metric", "Q27.measure"),
    "C7.document.handoff": ("C7.artifact", "C7.register.payloads"),
    "C10.document.rollback": ("C10.rollback", "Q29.register.cutover"),
    "C6.document.evidence": (
        "C5.register.periods", "C5.register.variances", "C6.register.evidence", "C6.evidence",
    ),
    "M.document.checklist": ("M.task",),
    "P6.document.pilot": (
        "P1.candidate", "P2.register.pilots", "P3.register.cohorts", "P4.metric",
        "P5.register.rollout",
    ),
}  # fmt: skip
"""By document: what is typed elsewhere and must be read in it."""
NAMED = {
    "Q1.document.card": ("Q1.phase", "Q12.gate", "Q16.gate", "Q19.gate", "Q26.gate"),
    "Q6.document.deck": ("Q6.agenda",),
    "Q25.document.definitions": ("Q12.gate",),
    "Q25.document.support": ("Q20.trigger",),
    "Q14.document.handoff": ("Q15.approach",),
    "Q16.document.tests": ("Q16.gate",),
    "C1.document.design": ("C4.rule", "C7.stage", "C8.rule", "C9.rule"),
    "C10.document.verification": ("C10.gate",),
    "Q18.document.hypercare": ("Q19.gate",),
    "Q23.document.close": ("Q23.checkin", "Q26.gate"),
    "P6.document.pilot": ("P6.gate",),
}
"""By document: items that must be named in it, whatever is said of them."""


@pytest.mark.parametrize(
    ("document", "family"),
    [(document, family) for document, families in DOCUMENTS.items() for family in families],
)
def test_what_was_typed_stands_in_the_document(world: World, document: str, family: str) -> None:
    for every in DOCUMENTS[document]:
        world.say(every)
    place = asking(world, family)
    text = place.pdf(document)
    here = {k: w for k, w in world.said[family].items() if place.asks(PLAYBOOK.items[k])}
    here = {k: w for k, w in here.items() if not computed(PLAYBOOK.items[k])}
    assert here
    assert [key for key, words in here.items() if squeezed(words) not in text] == []


@pytest.mark.parametrize(
    ("document", "family"),
    [(document, family) for document, families in NAMED.items() for family in families],
)
def test_the_items_are_named_in_the_document(world: World, document: str, family: str) -> None:
    for every in DOCUMENTS[document]:
        world.say(every)
    place = asking(world, family)
    text = place.pdf(document)
    items = [item for item in PLAYBOOK.family(family) if place.asks(item)]
    assert items
    assert [item.key for item in items if squeezed(item.title) not in text] == []


@pytest.mark.parametrize("document", PLAYBOOK.documents, ids=lambda document: document.key)
def test_every_document_has_its_entry_and_its_state(world: World, document: Document) -> None:
    if document.per:
        world.say(document.per)
    page = world.single.page(f"documents/{document.key}")
    assert document.title.partition("{")[0] in page.words()
    assert "Not issued yet" in page.words()
    listed = world.single.page("documents")
    assert document.title.partition("{")[0] in listed.words()


def asking(world: World, family: str) -> Place:
    """The engagement in which the family applies: what only the architect keeps, in the second."""
    items = [PLAYBOOK.items[family]] if family in PLAYBOOK.items else PLAYBOOK.family(family)
    return world.single if any(world.single.asks(item) for item in items) else world.dedicated


def computed(item: object) -> bool:
    """Whether nothing is typed of it: lines of gates that are judged."""
    return isinstance(item, Criterion) and item.by != "attested"


def squeezed(words: str) -> str:
    """Words without their spaces, as they are looked for in a document."""
    return "".join(words.split())
