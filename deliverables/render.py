"""From context to HTML, and from HTML to PDF in a child process with limits."""

from __future__ import annotations

import atexit
import base64
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from deliverables.blocks import Context, Section
from deliverables.errors import RenderFailed, RenderTimeout
from deliverables.fit import FITS, shorter
from deliverables.turning import turned
from phases.core.audit import canonical, sha256
from phases.core.template import day, markdown

HOME = Path(__file__).parent.parent
TEMPLATES = HOME / "templates"
STYLESHEET = HOME / "static" / "print" / "print.css"
SECONDS = 90
RENDERS = 50
"""How many documents one child makes before another takes its place."""

LANGUAGE = "en"
"""The language that documents are written in."""

FORMATS = {
    "report": "deliverables/document.html",
    "one_page": "deliverables/one_page.html",
    "slides": "deliverables/slides.html",
}
"""From a document's format to its template."""

LETTER = frozenset({
    "US", "CA", "MX", "PH", "CL", "CO", "VE", "CR", "GT", "NI", "PA", "SV", "DO", "PR", "BO", "HN",
})  # fmt: skip
"""Countries that print on Letter."""

log = logging.getLogger(__name__)


Attached = tuple[str, str, bytes]
"""A file within a PDF: its name, what it is, and its bytes."""


@dataclass(frozen=True)
class Printed:
    """A PDF, how many pages it has, and what the printer complained of."""

    pdf: bytes
    pages: int
    warnings: tuple[str, ...] = ()
    memory: int = 0


def paper_of(country: str) -> str:
    """The paper that is usual in a country: ``Letter`` or ``A4``."""
    return "Letter" if country.upper()[:2] in LETTER else "A4"


# --- HTML -----------------------------------------------------------------------------------------


@cache
def environment() -> Environment:
    """Templates of documents: they need no request and no application."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters.update(prose=prose, picture=picture, day=day, beside=beside, attached=attached,
                         turned=turned)  # fmt: skip
    return found


def prose(text: str | None) -> Markup:
    """Markdown within a section: its headings become bold lines, so that headings nest."""
    html = str(markdown(text))
    html = re.sub(r"<h[34]>(.*?)</h[34]>", r"<p><strong>\1</strong></p>", html)
    return Markup(html.replace("<th>", '<th scope="col">'))  # noqa: S704 - cleaned by markdown()


def beside(sections: Sequence[Section]) -> list[list[Section]]:
    """Sections by lines: a wide one alone, others two by two."""
    found: list[list[Section]] = []
    for part in sections:
        last = found[-1] if found else []
        if not part["wide"] and len(last) == 1 and not last[0]["wide"]:
            last.append(part)
        else:
            found.append([part])
    return found


def picture(svg: str) -> str:
    """An SVG as an address that needs no fetching."""
    svg = str.__str__(svg)  # of Markup, whose replace() escapes
    if "xmlns=" not in svg:
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return address_of("svg", svg.encode())


def address_of(kind: str, data: bytes) -> str:
    """A picture of *kind* (svg, png) as an address that needs no fetching."""
    mime = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def html_of(context: Context, fit: int = 0) -> str:
    """The document as HTML; the same context gives the same text. A *fit* above 0 is smaller."""
    return (
        environment()
        .get_template(context["template"])
        .render(
            c=shorter(context, fit), short=context_hash(context)[:12], fit=fit, language=LANGUAGE
        )
    )


def context_hash(context: Context) -> str:
    """The SHA-256 of a context."""
    return sha256(canonical(context))


def stylesheet() -> str:
    return STYLESHEET.read_text()


# --- PDF ------------------------------------------------------------------------------------------


class Printer:
    """A child process that prints one document at a time; started when first needed, replaced after
    so many documents, after a failure and in a forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._printed = 0

    def print(
        self, html: str, css: str, identifier: str, seconds: float = SECONDS,
        attached: Sequence[Attached] = (),
    ) -> Printed:  # fmt: skip
        """Print *html*, with files within it.

        Raises:
            RenderTimeout: it took more than *seconds*, or too much of the processor.
            RenderFailed: anything else went wrong; the log says what.
        """
        with self._lock:
            connection = self._ready()
            try:
                connection.send((html, css, identifier, tuple(attached)))
                if not connection.poll(seconds):
                    self._stop(kill=True)
                    raise RenderTimeout(
                        f"The document was not finished within {seconds:g} seconds. Try again; "
                        "if it happens again, tell an admin."
                    )
                answer = connection.recv()
            except (EOFError, OSError) as problem:
                raise self._died() from problem
            self._printed += 1
            if self._printed >= RENDERS:
                self._stop()
        for line in answer.get("warnings", ()):
            log.warning("printing: %s", line)
        if "error" in answer:
            self.close()
            log.error("printing failed: %s", answer["error"])
            raise RenderFailed(
                "The document could not be printed. An admin finds the reason in the log."
            )
        return Printed(answer["pdf"], answer["pages"], tuple(answer["warnings"]), answer["memory"])

    def warm(self) -> None:
        """Have a child start up while there is other work to do."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._stop()

    def _ready(self) -> Connection:
        if self._owner != os.getpid():  # forked: the child belongs to the parent
            self._child = self._connection = None
        if self._child is None or self._child.poll() is not None or self._connection is None:
            self._start()
        assert self._connection is not None
        return self._connection

    def _start(self) -> None:
        self._stop()
        ours, theirs = socket.socketpair()
        self._child = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-m", "deliverables.press", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], cwd=HOME, stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(HOME), "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        theirs.close()
        self._connection = Connection(ours.detach())
        self._owner = os.getpid()
        self._printed = 0

    def _died(self) -> RenderFailed:
        """The error for a child that ended by itself; a processor limit ends it with SIGXCPU."""
        code = self._child.wait(5) if self._child else None
        self._stop()
        log.error("the printing process ended with %s", code)
        if code == -24:
            return RenderTimeout("The document took too much time to print. Tell an admin.")
        return RenderFailed(
            "The document could not be printed. An admin finds the reason in the log."
        )

    def _stop(self, *, kill: bool = False) -> None:
        connection, child = self._connection, self._child
        self._connection = self._child = None
        if connection is not None:
            connection.close()
        if child is None or self._owner != os.getpid():
            return
        if kill:
            child.kill()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)


printer = Printer()
atexit.register(printer.close)


def print_document(context: Context, by: Printer = printer) -> Printed:
    """The document as PDF; the same context, release and fonts give the same bytes.

    What must stand on one page is set smaller, and then said more shortly, until it does.
    """
    first = _print(context, 0, by)
    if context.get("format") != "one_page" or first.pages == 1:
        return first
    found, low, high = _print(context, len(FITS) - 1, by), 1, len(FITS) - 2
    while low <= high:  # the largest that stands on one page
        middle = (low + high) // 2
        tried = _print(context, middle, by)
        if tried.pages == 1:
            found, high = tried, middle - 1
        else:
            low = middle + 1
    return found


def _print(context: Context, fit: int, by: Printer) -> Printed:
    return by.print(html_of(context, fit), stylesheet(), context_hash(context)[:32],
                    attached=list(attached(context)))  # fmt: skip


def attached(context: Context) -> Iterator[Attached]:
    """The files that stand within a document."""
    for part in context.get("sections", ()):
        for block in part["blocks"]:
            if block["kind"] == "attachment":
                data = zlib.decompress(base64.b64decode(block["packed"]))
                yield block["name"], block["title"], data


@cache
def fonts() -> str:
    """The fonts installed, as a hash; other fonts make other bytes."""
    listing = subprocess.run(
        ["fc-list", "--format", "%{file} %{fontversion}\n"],  # noqa: S607 - where it lies differs
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    return sha256("\n".join(sorted(listing.splitlines())))
