"""A gate's lines to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flask.testing import FlaskClient

from phases.core.models import Engagement


def test_every_line_says_how_it_stands_and_who_can_help(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    file = staff().get(f"/e/{engagement.slug}/gate/1d/export.csv")
    assert file.mimetype == "text/csv"
    head, *lines = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert head[:3] == ["Line", "Title", "State"]
    assert len(lines) == 12
    states = {line[2] for line in lines}
    assert states <= {"Met", "Not met", "Not applicable", "Stale", "Waived"}
    missing = [line for line in lines if line[2] == "Not met"]
    assert missing
    assert all(line[3] and line[4] for line in missing)


def test_another_kind_of_file_is_not_there(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    assert staff().get(f"/e/{engagement.slug}/gate/1d/export.pdf").status_code == 404
