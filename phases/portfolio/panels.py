"""What a phase page is made of: its sub-phases in order, each with steps, guidance and panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from phases.engineering.panel import panels as engineering_panels
from phases.engineering.reconciliation.panel import hypercare as hypercare_panels
from phases.engineering.reconciliation.panel import maintenance as maintenance_panels
from phases.gates.panel import panel as gate_panel
from phases.mechanisms.checklist.queries import StepView, step_views
from phases.mechanisms.form.panel import panel as form_panel
from phases.mechanisms.matrix.panel import panel as matrix_panel
from phases.mechanisms.meeting.panel import panel as meeting_panel
from phases.mechanisms.metric.panel import panel as metric_panel
from phases.mechanisms.panels import Panel
from phases.mechanisms.register.panel import panel as register_panel
from phases.mechanisms.schedule.panel import panel as schedule_panel
from phases.mechanisms.sheet.panel import panel as sheet_panel
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.panel import panel as writing_panel
from phases.strategy.crm.panel import panels as crm_panels
from playbook.applicability import Applicability
from playbook.book import Playbook
from playbook.models import Checklist, Gate, Item, SubPhase

PANELS: dict[str, Callable[[Situation, Any], Panel]] = {
    "form": form_panel,
    "sheet": sheet_panel,
    "register": register_panel,
    "matrix": matrix_panel,
    "meeting": meeting_panel,
    "metric": metric_panel,
    "schedule": schedule_panel,
    "writing": writing_panel,
    "gate": gate_panel,
}


OF_PHASE: dict[str, Callable[[Situation], dict[str, list[Panel]]]] = {
    "strategy": crm_panels,
    "engineering": engineering_panels,
    "enablement": hypercare_panels,
    "handoff": maintenance_panels,
}
"""Pages of a phase that no item of the playbook stands for, by sub-phase."""


@dataclass(frozen=True)
class Steps:
    """A checklist with its steps as they stand."""

    checklist: Checklist
    how: Applicability
    views: list[StepView]


@dataclass(frozen=True)
class Block:
    """One sub-phase on the page of its phase. ``away`` are its parts that do not apply, and why."""

    subphase: SubPhase
    how: Applicability
    checklists: list[Steps]
    panels: list[Panel]
    guides: list[Item]
    documents: list[Item]
    away: list[tuple[Item, str]]


def blocks(s: Situation, phase: str) -> list[Block]:
    """The sub-phases of *phase* in order."""
    own = OF_PHASE[phase](s) if phase in OF_PHASE else {}
    return [block(s, one, own.get(one.code, ())) for one in s.playbook.subphases_of(phase)]


def looked_into(playbook: Playbook, phase: str) -> list[str]:
    """Keys of what the page of *phase* tells the state of; guides and documents it only names."""
    codes = [one.code for one in playbook.subphases_of(phase)]
    there = [item for code in codes for item in playbook.at(code)]
    gates = [gate.key for gate in playbook.gates if gate.subphase <= codes[-1]]
    return [item.key for item in there if item.kind in (*PANELS, "checklist")] + gates


def block(s: Situation, subphase: SubPhase, own: Sequence[Panel] = ()) -> Block:
    """One sub-phase with everything that stands at it."""
    items = s.playbook.at(subphase.code)
    here = [item for item in items if s.applies(item)]
    away = [(item, s.applicability(item).reason) for item in items if not s.applies(item)]
    return Block(
        subphase,
        s.applicability(subphase),
        [Steps(i, s.applicability(i), step_views(s, i)) for i in here if isinstance(i, Checklist)],
        [*own, *(PANELS[item.kind](s, item) for item in here if _is_panel(item))],
        [item for item in here if item.kind == "guide"],
        [item for item in here if item.kind == "document"],
        [] if not s.applies(subphase) else away,
    )


def _is_panel(item: Item) -> bool:
    """A gate at the sub-phase's end has its own place on the page."""
    return item.kind in PANELS and not (isinstance(item, Gate) and item.guards is None)
