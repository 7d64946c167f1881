"""The twelve labelled exports stand as they are, whatever reads them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.billing.crm.motions import LABELLED, Labelled


def test_there_are_four_of_each_motion() -> None:
    assert Counter(each.motion for each in LABELLED) == {"plg": 4, "sales_led": 4, "hybrid": 4}
    assert len({each.name for each in LABELLED}) == 12


@pytest.mark.parametrize("export", LABELLED, ids=lambda export: export.name)
def test_an_export_is_the_same_every_time(export: Labelled) -> None:
    assert export.make() == export.make()
    assert len(export.make().splitlines()) > 40
