"""A file that can be read again from its start, and how much of one is read at all."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MEBIBYTE = 1024 * 1024
AT_ONCE, AT_ONCE_SHEET = 12 * MEBIBYTE, MEBIBYTE // 4


@dataclass(frozen=True)
class Limits:
    """The most that is read; what goes beyond is refused, with the place."""

    size: int = 128 * MEBIBYTE
    rows: int = 1_000_000
    columns: int = 500
    line: int = 4 * MEBIBYTE
    unpacked: int = 400 * MEBIBYTE
    strings: int = 100 * MEBIBYTE
    """Of an XLSX file, the part that must be held in memory."""
    parts: int = 5_000
    ratio: int = 200
    """How many times its packed size a large part of an XLSX file may have."""


@dataclass(frozen=True)
class Source:
    """A named file; ``open`` gives its bytes from the start, each time."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @classmethod
    def of_path(cls, path: Path) -> Source:
        return cls(path.name, path.stat().st_size, lambda: path.open("rb"))

    @classmethod
    def of_bytes(cls, name: str, data: bytes) -> Source:
        return cls(name, len(data), lambda: io.BytesIO(data))

    @classmethod
    def of_open_file(cls, name: str, file: BinaryIO) -> Source:
        """Of a file without a name in any folder, closed when nobody can read it any more; one
        reader at a time."""
        size = file.seek(0, io.SEEK_END)

        def again() -> BinaryIO:
            file.seek(0)
            return os.fdopen(os.dup(file.fileno()), "rb")

        weakref.finalize(again, file.close)
        return cls(name, size, again)

    def head(self, size: int = 65_536) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size)


def quick(name: str, size: int) -> bool:
    """Whether a file can be looked at while somebody waits: within about two seconds.

    Sheets are unpacked first, which takes some fifty times as long for each byte.
    """
    return size <= (AT_ONCE_SHEET if name.lower().endswith(".xlsx") else AT_ONCE)
