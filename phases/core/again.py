"""Beginning a transaction anew in the middle of a request."""

from __future__ import annotations

from flask import abort, g, has_request_context, make_response
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.db import begin_write
from phases.core.models import Engagement


def begin_again(session: Session, engagement: Engagement) -> None:
    """Begin a writing transaction, lock *engagement*, and judge the route's access rule again.

    For what must not happen inside a transaction (an upload's bytes) or must outlive a refusal (a
    counted try): end the transaction, do it, and come here. Nothing that was read before counts.
    """
    begin_write(session)
    if has_request_context() and (g.get("user") or g.get("grant")):
        g.pop("situation", None)
        if (led := access.enforce()) is not None:
            abort(make_response(led))
    session.refresh(engagement, with_for_update={"of": Engagement})
