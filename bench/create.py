"""Creating an engagement, beside a bare commit of one row in the same database."""

from __future__ import annotations

from itertools import count
from statistics import median
from typing import cast

from sqlalchemy.orm import Session

from bench.measure import Figure, in_turn, p95, ratio
from bench.world import demo_app, folder
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import Setting, User
from phases.portfolio.services import Draft, create_engagement

PROFILE = {
    "category": "balanced", "scope": "multi_tool", "methodology": "usage_based", "erp": True,
    "motion": "sales_led", "engagement_type": "single", "usage_based": True,
    "kickoff": "2026-01-12",
}  # fmt: skip
MOST = 10.0


def run(rounds: int = 50) -> list[Figure]:
    """Both in turn."""
    with folder() as place:
        app = demo_app(place)
        playbook = app.extensions["library"].latest("q2c")
        numbers = count(1)
        with app.app_context():
            session = cast(Session, db.session)

            def create() -> None:
                begin_write(session)
                architect = session.query(User).order_by(User.id).first()
                assert architect is not None
                draft = Draft(
                    f"Customer {next(numbers)}", "UTC", "US", PROFILE, {"architect": architect}
                )
                create_engagement(session, playbook, architect.ref, draft)
                commit(session)

            def bare() -> None:
                begin_write(session)
                session.add(Setting(key=f"bench {next(numbers)}", value=1))
                session.commit()

            times = in_turn({"create": create, "bare": bare}, rounds)
    return [
        Figure("creating an engagement: median", median(times["create"]), "ms"),
        Figure("creating an engagement: p95", p95(times["create"]), "ms"),
        Figure("a bare commit of one row: median", median(times["bare"]), "ms"),
        Figure("creating over a bare commit", ratio(times["create"], times["bare"]), "times", MOST),
    ]
