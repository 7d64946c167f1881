"""Staff pages that span engagements, and those of one engagement as a whole."""

from __future__ import annotations

from flask import Flask

from phases.core.commit import BEFORE_COMMIT
from phases.core.worker import DAILY
from phases.mechanisms.naming import see_also
from phases.portfolio import services
from phases.portfolio.chasing import chase_day
from phases.portfolio.views import engagement, everywhere, reading
from phases.portfolio.views.header import engagement_header, small_rail


def init_app(app: Flask) -> None:
    """Register the pages, the header of an engagement's pages, and the projection's hook."""
    app.register_blueprint(everywhere.bp)
    app.register_blueprint(engagement.bp)
    app.register_blueprint(reading.bp)
    app.jinja_env.globals.update(
        engagement_header=engagement_header, small_rail=small_rail, see_also=see_also
    )
    if services.refresh not in BEFORE_COMMIT:
        BEFORE_COMMIT.append(services.refresh)
    for hook in (services.begin_day, chase_day):
        if hook not in DAILY:
            DAILY.append(hook)
