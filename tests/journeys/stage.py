"""What a journey runs on: a served installation, its mail server, and people at their browsers."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from phases.core import clock, outbox
from phases.core.accounts.security import hashed
from phases.core.accounts.services import add_user, first_admin
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import OutboxJob, User
from phases.core.settings import Settings
from wsgi import create_app

PASSWORD = "four unrelated words here"
ADMIN = "admin@firm.example"

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPECTED_STATUS = re.compile(r"the server responded with a status of (4\d\d)")


class Post:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refuses = False
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message in, or refuse it."""
        if self.refuses:
            return "451 Try again later"
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop(no_assert=True)

    def newest(self, address: str) -> EmailMessage:
        """The last message to *address*."""
        found = [mail for mail in self.received if address in str(mail["To"])]
        assert found, f"no mail for {address}; there is {[str(m['To']) for m in self.received]}"
        return found[-1]


def _free_port() -> int:
    server = make_server("127.0.0.1", 0, lambda _e, _s: [])
    port = server.port
    server.server_close()
    return port


def text_of(mail: EmailMessage) -> str:
    """The text of a message."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class Quiet(WSGIRequestHandler):
    """Serves without writing a line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


class Live:
    """The product, served over http, with mail going out and a clock that can be moved."""

    def __init__(self, folder: Path, library: Any, *, base_url: str = "") -> None:
        self.post = Post()
        self.post.start()
        self.ago = timedelta()
        self.server = make_server(
            "127.0.0.1", 0, self._served, threaded=True, request_handler=Quiet
        )
        self.url = base_url or f"http://localhost:{self.server.port}"
        self.app = self._built(folder, library)
        self._inner = self.app.wsgi_app
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def _built(self, folder: Path, library: Any) -> Flask:
        app = create_app(
            {
                "TESTING": True,
                "SECRET_KEY": "for journeys",
                "DATA_DIR": folder,
                "LIBRARY": library,
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'q2c.sqlite3'}",
                "FILES_URL": f"file://{folder / 'files'}",
                "BASE_URL": self.url,
                "SEND_FILE_MAX_AGE_DEFAULT": 3600,
                "SETTINGS": Settings(
                    firm_name="Northgate Advisory",
                    smtp_host="127.0.0.1",
                    smtp_port=self.post.port,
                    smtp_tls="none",
                    mail_from="noreply@firm.example",
                ),
            }
        )
        with app.app_context():
            db.create_all()
            self._hire()
        return app

    def _hire(self) -> None:
        """An admin, an architect, an engineer and an account manager, all with one password."""
        session = cast(Session, db.session)
        begin_write(session)
        first_admin(session, ADMIN)
        add_user(session, "Ada Marsh", "ada@firm.example", ["architect"], "u1")
        add_user(session, "Edo Brandt", "edo@firm.example", ["engineer"], "u1")
        add_user(session, "Mina Falk", "mina@firm.example", ["account_manager"], "u1")
        shared = hashed(PASSWORD)
        for user in session.scalars(select(User)):
            user.password, user.must_change_password = shared, False
        commit(session)
        session.remove()  # type: ignore[attr-defined]

    def _served(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self.then():
            return self._inner(environ, start_response)

    @contextmanager
    def then(self) -> Iterator[None]:
        """The time that the installation has."""
        with clock.at(datetime.now(UTC) - self.ago):
            yield

    @contextmanager
    def records(self) -> Iterator[Session]:
        """A session of the test's own, at the installation's time."""
        with self.then(), self.app.app_context():
            try:
                yield cast(Session, db.session)
            finally:
                db.session.remove()

    @property
    def today(self) -> date:
        """The installation's date."""
        return (datetime.now(UTC) - self.ago).date()

    def deliver(self) -> None:
        """Do what stands in the outbox."""
        with self.then():
            outbox.deliver_due(self.app)
        with self.records() as session:
            stuck = session.scalars(select(OutboxJob).where(OutboxJob.error != "")).all()
            assert [(job.kind, job.error) for job in stuck] == []

    def link_for(self, address: str) -> str:
        """The link in the newest mail to *address*."""
        self.deliver()
        return self._found(address, rf"{re.escape(self.url)}/c/enter/\S+")

    def code_for(self, address: str) -> str:
        """The code in the newest mail to *address*."""
        self.deliver()
        return self._found(address, r"\b\d{6}\b")

    def _found(self, address: str, pattern: str) -> str:
        text = text_of(self.post.newest(address))
        match = re.search(pattern, text)
        assert match, text
        return match[0]

    def endpoint(self, url: str) -> str:
        """Which page *url* is."""
        adapter = self.app.url_map.bind("localhost")
        path = urlsplit(url).path
        method = next(iter(set(adapter.allowed_methods(path)) & {"GET"}), "POST")
        return str(adapter.match(path, method)[0])

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self._thread.join(timeout=10)
        self.server.server_close()
        self.post.stop()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass
class Person:
    """Somebody at a browser. Every page they come to is looked at."""

    live: Live
    context: BrowserContext
    page: Page
    seen: set[str]
    complaints: list[str] = field(default_factory=list)
    looks: bool = True

    def goto(self, path: str, *, status: int = 200) -> Response:
        """Open an address of the installation."""
        target = path if path.startswith("http") else self.live.url + path
        answer = self.page.goto(target)
        assert answer is not None
        assert answer.status == status, (path, answer.status, self.page.inner_text("body")[:500])
        self.look()
        return answer

    def press(self, button: str | Locator, *, exact: bool = True, label: str = "") -> None:
        """Press a button or follow a link that leads to another page."""
        found = (
            self.page.get_by_role("button", name=button, exact=exact)
            .or_(self.page.get_by_role("link", name=button, exact=exact))
            .filter(visible=True)
            .first
            if isinstance(button, str)
            else button
        )
        with self.page.expect_navigation():
            found.click()
        self.look(label)

    def look(self, label: str = "") -> None:
        """Judge the page, once for each kind of page: axe, in both themes, and its width."""
        self.page.wait_for_load_state("load")
        if not self.looks:
            return
        kind = label or self.live.endpoint(self.page.url)
        size = self.page.viewport_size
        assert size is not None
        key = f"{kind} at {size['width']}"
        if key in self.seen:
            return
        self.seen.add(key)
        self._is_no_wider_than_a_phone(size)
        self._has_no_violation(key)

    def _is_no_wider_than_a_phone(self, size: Any) -> None:
        if size["width"] != PHONE["width"]:
            self.page.set_viewport_size({"width": PHONE["width"], "height": size["height"]})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if size["width"] != PHONE["width"]:
            self.page.set_viewport_size(size)
        if wide > PHONE["width"]:
            self.complaints.append(f"{self.page.url} is {wide} wide on a phone")

    def _has_no_violation(self, key: str) -> None:
        self.page.evaluate(AXE_SCRIPT)
        self.complaints += _violations(self.page, key, {"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark")
        contrast = {"type": "rule", "values": ["color-contrast"]}
        self.complaints += _violations(self.page, f"{key}, dark", contrast)
        self.page.emulate_media(color_scheme=None)

    def note(self, message: ConsoleMessage) -> None:
        """Keep an error of the console, unless it only says that the page refused something."""
        if message.type == "error" and not EXPECTED_STATUS.search(message.text):
            self.complaints.append(f"console at {self.page.url}: {message.text}")

    def sees(self, text: str) -> bool:
        """Whether *text* is on the page."""
        return text in self.page.inner_text("body")

    def check(self) -> None:
        """Fail with everything that was wrong so far."""
        found, self.complaints = self.complaints, []
        assert found == [], "\n".join(found)

    def log_in(self, address: str, *, look: bool = True) -> None:
        """Log in as staff; ``look=False`` where no script runs that could judge a page."""
        self.looks = look
        self.goto("/login")
        self.page.get_by_label("E-mail address").fill(address)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Log in")

    def enter(self, address: str, *, look: bool = True) -> str:
        """Open the link in the newest mail to *address*; where the customer's pages are."""
        self.looks = look
        self.goto(self.live.link_for(address))
        self.press("Open my page")
        return urlsplit(self.page.url).path.rstrip("/")


def _violations(page: Page, key: str, what: dict[str, Any]) -> list[str]:
    found = page.evaluate(
        "what => axe.run({runOnly: what, resultTypes: ['violations']})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 4).map(n => n.html.slice(0, 200)"
        " + ' | ' + [...n.any, ...n.all, ...n.none].map(c => c.message).join('; '))]))",
        what,
    )
    return [f"axe on {key}: {rule}: {nodes}" for rule, nodes in found]


@dataclass
class Stage:
    """The browser and the installation of a module, and everybody who has come in."""

    live: Live
    browser: Browser
    people: list[Person] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def person(self, *, phone: bool = False, **options: Any) -> Person:
        """Somebody new, at a browser of their own."""
        size: Any = PHONE if phone else DESK
        context = self.browser.new_context(
            viewport=size, locale="en-GB", reduced_motion="reduce", **options
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        person = Person(self.live, context, page, self.seen)
        page.on("console", person.note)
        page.on("pageerror", lambda error: person.complaints.append(f"script: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        self.people.append(person)
        return person

    def check(self) -> None:
        """Fail with whatever was wrong on any page anybody saw."""
        found = [line for person in self.people for line in person.complaints]
        for person in self.people:
            person.complaints.clear()
        assert found == [], "\n".join(found)


Fill = Callable[[Page], None]
