"""Documents as their page shows them: state, what is missing, issued copies."""

from __future__ import annotations

from dataclasses import dataclass

from deliverables.contexts import BUILDERS
from deliverables.services import draft, substance
from phases.core.documents import IssuedView, views_of
from phases.mechanisms.situation import Situation
from playbook.models import Document


@dataclass(frozen=True)
class DocumentView:
    """A kind of document. ``state`` is a chip's kind with ``label`` as its words.

    ``missing`` are (sentence, place below the engagement) pairs; ``assumed`` counts the values that
    stand ASSUMED.
    """

    key: str
    title: str
    text: str
    used_for: str
    subphase: str
    state: str
    label: str
    missing: tuple[tuple[str, str], ...]
    assumed: int
    copies: tuple[IssuedView, ...]
    next_number: int

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True)
class DroppedDocument:
    """A document that does not apply, and why."""

    title: str
    reason: str


def document_views(s: Situation) -> list[DocumentView]:
    """Every document that applies and can be drawn up here, in the order of the content."""
    copies = views_of(s.records.issued)
    return [
        _view(s, item, tuple(copy for copy in copies if copy.key == item.key))
        for item in s.playbook.documents
        if s.applies(item) and item.builder in BUILDERS
    ]


def dropped_documents(s: Situation) -> list[DroppedDocument]:
    """Those that do not apply."""
    judged = [(item, s.applicability(item)) for item in s.playbook.documents]
    return [
        DroppedDocument(s.plain(i.title), found.reason) for i, found in judged if not found.applies
    ]


def _view(s: Situation, item: Document, copies: tuple[IssuedView, ...]) -> DocumentView:
    context = draft(s, item.key)
    last = next((row for row in reversed(s.records.issued) if row.key == item.key), None)
    number = copies[0].number if copies else 0
    if last is None:
        state, label = "draft", "Not issued yet"
    elif last.substance != substance(context):
        state, label = "stale", f"Draft differs from no. {number}"
    else:
        state, label = "issued", f"Issued, no. {number}"
    return DocumentView(
        key=item.key, title=s.plain(item.title), text=s.plain(item.text), used_for=item.used_for,
        subphase=item.subphase, state=state, label=label,
        missing=tuple((gap["text"], gap["place"]) for gap in context["missing"]),
        assumed=len(context["assumed"]), copies=copies, next_number=number + 1,
    )  # fmt: skip
