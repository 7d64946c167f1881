"""A firm's accent and logo: what is taken and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from phases.core.brand import ACCENT, CONTRAST, accent_of, contrast, logo_of
from phases.core.settings import Settings


@pytest.mark.parametrize(
    ("given", "taken"),
    [("", ACCENT), ("#000000", "#000000"), ("#7A1F3D", "#7a1f3d"), ("#767676", "#767676")],
)
def test_a_colour_that_can_be_read_is_taken(given: str, taken: str) -> None:
    assert accent_of(given) == taken
    assert contrast(taken) >= CONTRAST


@pytest.mark.parametrize("given", ["#777777", "#ffcc00", "#ffffff"])
def test_a_pale_colour_is_refused_with_its_contrast(given: str) -> None:
    with pytest.raises(ValueError, match=r"contrast to white is \d"):
        accent_of(given)


@pytest.mark.parametrize("given", ["red", "#123", "#12345g", "#1234567", "#0a5c68;} *{color:red"])
def test_what_is_no_colour_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="it takes a colour"):
        accent_of(given)


@pytest.mark.parametrize(("colour", "ratio"), [("#000000", 21.0), ("#ffffff", 1.0)])
def test_contrast_runs_from_one_to_twenty_one(colour: str, ratio: float) -> None:
    assert contrast(colour) == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"\x89PNG\r\n\x1a\nrest", "png"), (b'<?xml version="1.0"?><svg xmlns=""/>', "svg")],
)
def test_a_logo_is_a_picture(tmp_path: Path, data: bytes, kind: str) -> None:
    place = tmp_path / "logo"
    place.write_bytes(data)
    found = Settings.from_environment({"FIRM_LOGO": str(place), "FIRM_ACCENT": "#7a1f3d"})
    assert found.firm_logo == (kind, data)
    assert found.firm_accent == "#7a1f3d"


@pytest.mark.parametrize("data", [b"GIF89a", b"", b"\x89PNG\r\n\x1a\n" + bytes(300_000), None])
def test_anything_else_is_refused(tmp_path: Path, data: bytes | None) -> None:
    place = tmp_path / "logo"
    if data is not None:
        place.write_bytes(data)
    with pytest.raises(ValueError, match="FIRM_LOGO"):
        logo_of(str(place))
