"""The child process that turns HTML into PDF, one document after another, within limits.

It is started with the number of an inherited connection and ends when that is closed. It reads no
file but fonts and opens no address: HTML and stylesheet come as text, pictures as ``data:``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from multiprocessing.connection import Connection
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)


class NothingOutside(URLFetcher):
    """Fetches ``data:`` only and follows no redirect."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            raise ValueError(f"a document fetches nothing: {url[:200]}")
        return super().fetch(url, headers)


class Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()[:300]}")


def serve(connection: Connection) -> None:
    """Render each (html, css, identifier) that comes; answer with the PDF or what went wrong."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    fonts = FontConfiguration()
    heard = Heard()
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).handlers = [heard]
        logging.getLogger(name).propagate = False
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        heard.lines.clear()
        limit_cpu()
        try:
            html, css, identifier, attached = job
            answer = render(html, css, identifier, fonts, attached)
        except MemoryError:
            connection.send({"error": "it needs more memory than is allowed"})
            return
        except Exception as problem:  # whatever it is, the asking process must be told
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        connection.send(answer | {"warnings": list(heard.lines), "memory": peak()})


def limit_cpu() -> None:
    """Allow so many seconds more than were used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def peak() -> int:
    """The most memory this process has held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def render(
    html: str, css: str, identifier: str, fonts: FontConfiguration,
    attached: Sequence[tuple[str, str, bytes]] = (),
) -> dict[str, Any]:  # fmt: skip
    """*html* in the dress of *css*, as PDF/UA, with the number of its pages; files *attached* to it
    are given by name, description and bytes."""
    fetcher = NothingOutside()
    sheet = weasyprint.CSS(string=css, font_config=fonts, url_fetcher=fetcher)
    source = weasyprint.HTML(string=html, url_fetcher=fetcher)
    options = {"stylesheets": [sheet], "pdf_variant": "pdf/ua-1",
               "pdf_identifier": identifier.encode(),
               "attachments": [_attachment(*one) for one in attached]}  # fmt: skip
    document = source.render(font_config=fonts, **options)
    return {"pdf": document.write_pdf(**options), "pages": len(document.pages)}


def _attachment(name: str, description: str, data: bytes) -> weasyprint.Attachment:
    """A file of no time of its own, so that the same document is the same bytes."""
    return weasyprint.Attachment(
        file_obj=BytesIO(data), name=name, description=description, created=LONG_AGO,
        modified=LONG_AGO, relationship="Data",
    )  # fmt: skip


if __name__ == "__main__":
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with contextlib.suppress(KeyboardInterrupt):
        serve(Connection(int(sys.argv[1])))
