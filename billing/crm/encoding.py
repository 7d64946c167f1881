"""Which encoding a text file has, and what a file is that is no text."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from billing.crm.errors import Fault, UnreadableExport
from billing.crm.source import MEBIBYTE, Source

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

SAVE = "Save it as XLSX or as CSV and try again"
OTHERS = (
    (b"%PDF", "is a PDF"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel file (.xls), or one under a password"),
    (b"\x1f\x8b", "is a packed file (gzip)"),
    (b"PAR1", "is a Parquet file"),
    (b"7z\xbc\xaf", "is a packed file (7z)"),
    (b"Rar!", "is a packed file (RAR)"),
    (b"SQLite format 3", "is a database"),
)
MARKUP = ("<html", "<!doctype", "<?xml", "<table", "<head", "<body")
LONGEST_LINE = 4 * MEBIBYTE
CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 28, 29, 30, 31})


def refuse_what_is_no_table(source: Source) -> None:
    """Refuse what its first bytes show to be something else.

    Raises:
        UnreadableExport: empty, or of a kind that is no table of text.
    """
    head = source.head()
    if (not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n") and head.count(0) < len(head)) or not head:
        raise UnreadableExport(source.name, [Fault(0, 0, "the file is empty")])
    for mark, what in OTHERS:
        if head.startswith(mark):
            raise UnreadableExport(source.name, [Fault(0, 0, f"the file {what}", SAVE)])
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower().decode("latin-1")
    if start.startswith(MARKUP):
        what = "the file is a web page or XML, whatever its name says"
        raise UnreadableExport(source.name, [Fault(1, 1, what, SAVE)])
    if start.startswith(("{", "[{", "[[")):
        raise UnreadableExport(source.name, [Fault(1, 1, "the file is JSON, no table", SAVE)])


def encoding_of(source: Source) -> str:
    """The name of the encoding in which the whole of *source* can be read.

    Raises:
        UnreadableExport: there is none, with the first line that cannot be read.
    """
    head = source.head()
    named = next((name for mark, name in MARKS if head.startswith(mark)), "")
    if not named:
        named = _wide(head) or "utf-8"
    with source.open() as stream:
        line, valid, fault = _decode(stream, named)
    if fault is None:
        return named
    if named != "utf-8" or valid:
        raise UnreadableExport(source.name, [Fault(line, 0, fault, "Save it as CSV UTF-8")])
    with source.open() as stream:
        line, _, fault = _decode(stream, "cp1252")
    if fault is not None:
        raise UnreadableExport(source.name, [Fault(line, 0, fault, "Save it as CSV UTF-8")])
    return "cp1252"


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or even + odd < half // 2:
        return ""
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else ""


def _decode(stream: BinaryIO, encoding: str) -> tuple[int, int, str | None]:
    """Read all of it: the line of the first fault, how many lines before it are beyond ASCII
    and in order, and the fault."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, wide, unbroken = 1, 0, 0
    while True:
        data = stream.read(MEBIBYTE)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            line += good.count(b"\n" if not encoding.startswith("utf-16") else b"\n\0")
            wide += 0 if good.isascii() or encoding != "utf-8" else 1
            return line, wide, f"the text is not {_spoken(encoding)}"
        if "\0" in text or (encoding == "cp1252" and _binary(data)):
            line += text[: max(text.find("\0"), 0)].count("\n")
            return line, 1, "there are bytes that no text has; the file is no table"
        if not text.isascii():
            wide += 1
        breaks = text.count("\n") + text.count("\r")
        unbroken = 0 if breaks else unbroken + len(text)
        if unbroken > LONGEST_LINE:
            return line, 1, f"the line has more than {LONGEST_LINE:,} characters; it is no table"
        line += text.count("\n")
        if not data:
            return line, wide, None


def _binary(data: bytes) -> bool:
    return len(data.translate(None, CONTROLS)) < len(data)


def _spoken(encoding: str) -> str:
    return {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}.get(encoding, encoding.upper())
