"""Which rows a finding names, packed as one bit a row, to be kept with the audit. Pure."""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Iterable


def pack(rows: Iterable[int], total: int) -> str:
    """*rows*, numbers from 0 to below *total*, as text."""
    bits = bytearray(total // 8 + 1)
    for row in rows:
        bits[row >> 3] |= 1 << (row & 7)
    return base64.b64encode(zlib.compress(bytes(bits))).decode()


def unpack(text: str) -> array[int]:
    """The numbers that ``pack`` was given, in order."""
    bits = zlib.decompress(base64.b64decode(text))
    return array("L", (at * 8 + bit for at, byte in enumerate(bits) if byte for bit in BITS[byte]))


BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]
