"""A firm's own accent colour and logo: read and checked once, when the application starts."""

from __future__ import annotations

import re
from pathlib import Path

ACCENT = "#0a5c68"
"""The accent where a firm has not set its own."""

CONTRAST = 4.5
"""The least contrast of the accent to white, on which it is read."""

LOGO_BYTES = 200 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


def accent_of(value: str) -> str:
    """*value* as a colour for words on white; the usual accent if it is empty.

    Raises:
        ValueError: it is no colour of the form #0a5c68, or too pale to be read.
    """
    if not value:
        return ACCENT
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f"FIRM_ACCENT is {value!r}; it takes a colour such as {ACCENT}")
    found = contrast(value)
    if found < CONTRAST:
        raise ValueError(
            f"FIRM_ACCENT is {value}, whose contrast to white is {found:.2f}; it needs {CONTRAST}"
        )
    return value.lower()


def contrast(colour: str) -> float:
    """The contrast of ``#rrggbb`` to white by WCAG 2: 1 to 21."""
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def logo_of(path: str) -> tuple[str, bytes]:
    """The kind (``png`` or ``svg``) and the bytes of the logo at *path*; nothing if it is empty.

    Raises:
        ValueError: it cannot be read, is too large, or is neither PNG nor SVG.
    """
    if not path:
        return "", b""
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        raise ValueError(f"FIRM_LOGO cannot be read: {problem}") from problem
    if len(data) > LOGO_BYTES:
        raise ValueError(f"FIRM_LOGO is {len(data)} bytes; {LOGO_BYTES} are the most")
    if data.startswith(PNG):
        return "png", data
    if b"<svg" in data[:1000]:
        return "svg", data
    raise ValueError("FIRM_LOGO is neither a PNG nor an SVG file")
