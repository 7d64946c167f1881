"""What people do on pages, in their words: answer, approve, add a row, tick a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.stage import Person

FORM = "Q3.form.intake"


def create_engagement(architect: Person, customer: str, choices: Mapping[str, Any]) -> str:
    """Fill in the form for a new engagement; returns its slug. Flags are True, choices slugs."""
    architect.goto("/engagements/new")
    page = architect.page
    page.get_by_label("Customer", exact=True).fill(customer)
    for name, value in choices.items():
        put(page, name, value)
    architect.press("Create the engagement")
    return page.url.rstrip("/").rsplit("/e/", 1)[1].split("/")[0].split("?")[0]


def add_contact(
    architect: Person, slug: str, name: str, email: str, role: str, *, invite: bool = True
) -> None:
    """Add a contact, and invite them at once."""
    architect.goto(f"/e/{slug}/people")
    page = architect.page
    panel = page.locator("details.panel")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    panel.get_by_label("Name", exact=True).fill(name)
    panel.get_by_label("E-mail address").fill(email)
    panel.get_by_label("Role").select_option(role)
    if not invite:
        panel.get_by_label("Send the invitation now").uncheck()
    architect.press("Add the contact")
    assert architect.sees(name)


def put(scope: Page | Locator, name: str, value: Any) -> None:
    """Give the field called *name* its value, whatever kind of field it is."""
    field = scope.locator(f"[name='{name}']:visible")
    expect(field.first).to_be_visible()
    first = field.first
    tag = str(first.evaluate("e => e.tagName"))
    kind = first.get_attribute("type") or ""
    if tag == "SELECT" and isinstance(value, bool):
        first.select_option("y" if value else "n")
    elif kind == "checkbox" and isinstance(value, bool):
        first.set_checked(value)
    elif kind in ("radio", "checkbox"):
        slug = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        for each in slug if isinstance(slug, list) else [slug]:
            scope.locator(f"[name='{name}'][value='{each}']").check()
    elif tag == "SELECT":
        first.select_option(value)
    else:
        first.fill(str(value))


def answer(page: Page, question: str, value: Any) -> None:
    """Answer one question of the form; lists of mappings fill a table."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, line in enumerate(value):
            for column, words in line.items():
                put(page, f"q-{question}-{number}-{column}", words)
        return
    put(page, f"q-{question}", value)


def block(page: Page, question: str) -> Locator:
    """The block of one question."""
    return page.locator(f"[data-question='q-{question}']")


def is_saved(page: Page) -> None:
    """Wait until the page says that what was typed is saved."""
    expect(page.locator("[data-autosave-status]").first).to_contain_text("Saved")


def upload(person: Person, question: str, files: Sequence[Path]) -> None:
    """Choose files for a question, and send them."""
    person.page.locator(f"#q-{question}").set_input_files([str(path) for path in files])
    person.press(block(person.page, question).get_by_role("button", name="Upload", exact=True))


def approve(
    person: Person, base: str, sheet: str, *, no: Mapping[str, str] | None = None, email: str
) -> None:
    """Answer everything that is asked on a sheet, then sign with the code in the mail."""
    no = no or {}
    person.goto(f"{base}/sheet/{sheet}")
    page = person.page
    for statement in page.locator("form section.statement").all():
        if not statement.is_visible():
            continue
        name = (statement.get_attribute("id") or "").removeprefix("statement-").replace("-", ".")
        if name in no:
            statement.get_by_label("No", exact=True).check()
            statement.get_by_label("Comment").fill(no[name])
        else:
            statement.get_by_label("Yes", exact=True).check()
    person.press("Continue to sign")
    page.get_by_label("Code").fill(person.live.code_for(email))
    person.press("Sign")
    assert "/signed" in page.url, page.inner_text("main")[:400]


def reword(architect: Person, slug: str, sheet: str, statement: str, text: str) -> None:
    """Give a statement other words."""
    architect.goto(f"/e/{slug}/sheet/{sheet}")
    row = architect.page.locator(f"form[action$='/{statement}/wording']")
    row.locator("xpath=ancestor::details[1]").locator("> summary").click()
    row.get_by_label("Wording").fill(text)
    architect.press(row.get_by_role("button", name="Save the wording"))


def add_row(person: Person, slug: str, register: str, values: Mapping[str, Any]) -> None:
    """Add a row to a register."""
    person.goto(f"/e/{slug}/register/{register}")
    panel = person.page.locator("#add")
    if not panel.count():
        person.page.locator("a[data-new]").click()
    for name, value in values.items():
        put(panel, name, value)
    person.press(panel.get_by_role("button", name="Add "))


def edit_row(
    person: Person, slug: str, register: str, title: str, values: Mapping[str, Any]
) -> None:
    """Open a row of a register by its title, change it and save it."""
    person.goto(f"/e/{slug}/register/{register}")
    person.press(person.page.get_by_role("link", name=f"Edit {title}"), label="register row")
    form = person.page.locator("tr.row-form form").first
    for name, value in values.items():
        put(form, name, value)
    person.press(form.get_by_role("button", name="Save "))


def say_step(person: Person, path: str, step: str, values: Mapping[str, Any]) -> None:
    """Open a step on its page and say something of it."""
    person.goto(path)
    form = person.page.locator(f"form[action$='/{step}']").first
    details = form.locator("xpath=ancestor::details[1]")
    if details.get_attribute("open") is None:
        details.locator("> summary").click()
    for name, value in values.items():
        put(form, name, value)
    person.press(form.get_by_role("button", name="Save", exact=True))


def hold_meeting(person: Person, slug: str, meeting: str, notes: str) -> None:
    """Start a meeting from its page, note something, and end it with those expected present."""
    person.goto(f"/e/{slug}/meeting/{meeting}")
    person.press("Start now")
    person.page.locator("#notes").fill(notes)
    person.press("End the meeting")
    assert person.sees("Held, and written up")


def attest(architect: Person, slug: str, gate: str, criterion: str, note: str) -> None:
    """Attest one line of a gate."""
    architect.goto(f"/e/{slug}/gate/{gate}")
    line = architect.page.locator(f"li[id='{criterion}']")
    line.get_by_text("Attest it in your name").click()
    line.get_by_label("How do you know?").fill(note)
    architect.press(line.get_by_role("button", name="Attest", exact=True))


def decide(architect: Person, slug: str, gate: str, outcome: str, on: date | None = None) -> None:
    """Take an outcome of a gate, giving the date it asks for."""
    architect.goto(f"/e/{slug}/gate/{gate}")
    missing = architect.page.locator("li.criterion-unmet").all_inner_texts()
    assert missing == [], "\n".join(missing)
    if on is not None:
        put(architect.page, "on", on.isoformat())
    architect.press(architect.page.get_by_role("button", name=outcome, exact=True))
    assert architect.sees("Decided and recorded.")


def press_twice(person: Person, opener: Locator, label: str) -> None:
    """Press a button that asks again, and then press it there."""
    opener.locator("summary", has_text=label).click()
    person.press(opener.get_by_role("button", name=label))


def change_input(person: Person, slug: str, key: str, values: Mapping[str, Any]) -> None:
    """Open one input, change it and save it."""
    person.goto(f"/e/{slug}/inputs?edit={key}")
    form = person.page.locator(f"form[action$='/inputs/{key}']")
    for name, value in values.items():
        put(form, name, value)
    person.press(form.get_by_role("button", name="Save", exact=True))
