"""A browser's hands: a page's own forms, filled in and sent as a person would send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import lxml.html  # type: ignore[import-untyped]
from flask.testing import FlaskClient

Typed = Mapping[str, Any]


class Page:
    """A page as it was opened; ``send`` posts one of its forms with some of its fields changed."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        self.client, self.address, self.text = client, address, answer.text
        self.tree = lxml.html.fromstring(answer.text)
        self.path = urlsplit(address).path

    def forms(self, action: str) -> list[Any]:
        """The forms that post to *action* (without its query)."""
        return [
            form
            for form in self.tree.forms
            if form.method == "POST" and urlsplit(form.get("action") or self.path).path == action
        ]

    def form(self, action: str) -> Any:
        """The first form that posts to *action*."""
        found = self.forms(action)
        there = sorted({form.get("action") or self.path for form in self.tree.forms})
        assert found, f"{self.address} has no form for {action}, only {there}"
        return found[0]

    def value(self, action: str, name: str) -> Any:
        """What stands in the field *name*, over all the forms that post to *action*."""
        stands: dict[str, Any] = {}
        for form in reversed(self.forms(action)):
            stands |= dict(values_of(form))
        return stands.get(name)

    def form_with(self, action: str, name: str) -> Any:
        """The first form that posts below *action* and has a field *name*."""
        return next(
            form
            for form in self.tree.forms
            if (form.get("action") or "").startswith(action)
            and name in {field.name for field in form.inputs}
        )

    def send(self, action: str, typed: Typed, form: Any = None, press: str = "") -> str:
        """Post a form with *typed* in its fields, by the button *press*; where it leads.

        A field that the form does not offer cannot be typed into; None takes a tick away.
        """
        form = self.form(action) if form is None else form
        offered = {field.name for field in form.inputs}
        assert set(typed) <= offered, f"{action} offers {sorted(filter(None, offered))}"
        sent: dict[str, Any] = {}
        for name, value in values_of(form):
            sent.setdefault(name, []).append(value)
        sent |= {name: value for name, value in typed.items() if value is not None}
        for name in [name for name, value in typed.items() if value is None]:
            sent.pop(name, None)
        if press:
            (button,) = form.xpath(f'.//button[@name="{press}"]')
            sent[press] = button.get("value")
        answer = self.client.post(form.get("action") or self.address, data=sent)
        assert answer.status_code in (302, 303), f"{action}: {problems(answer.text)}"
        return str(answer.headers["Location"])

    def words(self) -> str:
        """All that can be read on the page, in one line."""
        return " ".join(self.tree.text_content().split())

    def links(self, part: str) -> list[str]:
        """The addresses of links that have *part* in them."""
        return [a.get("href") for a in self.tree.iter("a") if part in (a.get("href") or "")]


def values_of(form: Any) -> list[tuple[str, str]]:
    """What stands in a form; a line's end right after a textarea's tag is not part of its text."""
    return [(name, value.removeprefix("\n")) for name, value in form.form_values()]


def form_of(html: str, action: str = "") -> Any:
    """The form of a page that was answered to a post, the first or that for *action*."""
    tree = lxml.html.fromstring(html)
    posting = [form for form in tree.find(".//main").iter("form") if form.method == "POST"]
    return next(form for form in posting if not action or form.get("action") == action)


def problems(html: str) -> str:
    """What a page that refused says is wrong."""
    tree = lxml.html.fromstring(html)
    found = tree.find_class("error-summary") + tree.find_class("field-error")
    told = found or [tree.find(".//main")]
    return " / ".join(" ".join(one.text_content().split()) for one in told if one is not None)[:600]
