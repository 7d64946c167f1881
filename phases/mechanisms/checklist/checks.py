"""Whether steps are done. What does not apply is not asked for; what is unknown is not met."""

from __future__ import annotations

from collections.abc import Iterator

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.checklist.queries import StepView, live_steps, step_view
from phases.mechanisms.situation import Situation
from playbook.checks import StepsDone
from playbook.models import Checklist, Step


def steps_done(check: StepsDone, s: Situation) -> Finding:
    """Every applicable step of the checklists, and the steps named, are done.

    A dropped step counts as done unless it is critical or a test.
    """
    keys = (*check.checklists, *check.steps)
    if not keys or any(key not in s.playbook.items for key in keys):
        return unmet([Lack("This names no steps of the playbook.")])
    views = {view.key: view for view in _asked_for(check, s)}
    lacks = [_lack(s, view) for view in views.values() if not view.settled]
    if lacks:
        return unmet(lacks)
    if not views:
        return met("None of these steps applies here.")
    done = sum(view.state == "done" for view in views.values())
    dropped = len(views) - done
    return met(f"{_count(done)} done" + (f", {dropped} dropped with a reason." if dropped else "."))


def _asked_for(check: StepsDone, s: Situation) -> Iterator[StepView]:
    for key in check.checklists:
        yield from live_steps(s, s.playbook.get(key, Checklist))
    for key in check.steps:
        holder = s.playbook.container_of(key)
        assert isinstance(holder, Checklist)
        view = step_view(s, holder, s.playbook.get(key, Step))
        if view.applies:
            yield view


WORDS = {
    "todo": "is not done",
    "doing": "is being done",
    "blocked": "is blocked",
    "failed": "failed",
    "dropped": "was dropped, and may not be",
}


def _lack(s: Situation, view: StepView) -> Lack:
    words = f"“{view.title}” {WORDS[view.state]}"
    because = view.note if view.state in ("blocked", "failed") else ""
    if view.lacks:
        because = view.lacks[0].sentence.rstrip(".")
    who = view.owner_name or view.role
    return Lack(
        f"{words}{': ' + because if because else ''}.",
        who,
        f"checklist/{view.checklist}#{view.anchor}",
    )


def _count(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"
