"""Two process maps on one page: what is, what shall be, and what becomes of each step."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.errors import Missing
from phases.mechanisms.page import current
from phases.mechanisms.register.beside import Map, beside
from phases.mechanisms.register.queries import register_of, row_views
from phases.mechanisms.register.views.frame import bp, figure_of, pair_of


@bp.get("/e/<slug>/register/<key>/beside")
@staff("read")
def side_by_side(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    pair = pair_of(s, register_of(s, key))
    if pair is None:
        raise Missing
    s.records.narrow(*(register.key for register in pair))
    now, then = (Map.of(register, row_views(s, register)) for register in pair)
    found = beside(now, then)
    return render_template(
        "register/beside.html", s=s, pair=pair, found=found,
        subphase=s.playbook.subphase(pair[1].subphase),
        sides=[
            (register, figure_of(next(iter(drawings), None)))
            for register, drawings in zip(pair, (found.now, found.then), strict=True)
        ],
    )  # fmt: skip
