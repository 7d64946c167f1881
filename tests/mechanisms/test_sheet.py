"""Sheets: what a signature binds to, when it turns stale, who may sign."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.audit import sha256
from phases.core.errors import BadValue, Conflict, NotAllowed, Refusal
from phases.core.models import Contact
from phases.mechanisms.register.models import Row
from phases.mechanisms.sheet import panel, queries, services
from phases.mechanisms.sheet.certificate import certificate
from phases.mechanisms.sheet.checks import sheet_signed
from phases.mechanisms.sheet.content import _signed, words_changed
from phases.mechanisms.sheet.models import SignOff, Wording
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.situation import Situation
from playbook.checks import SheetSigned
from playbook.models import Register
from tests.mechanisms.tiny import situation

WORDS, INVOICES = "T5.sheet.words", "T5.sheet.invoices"
INVOICE, DUNNING, DESIGN = "T5.term.invoice", "T5.term.dunning", "T5.term.design"
FINANCE, REVOPS = "finance_lead", "revops_lead"


def views(s: Situation, key: str = WORDS) -> dict[str, queries.StatementView]:
    return {view.key: view for view in queries.statement_views(s, queries.sheet_of(s, key))}


def signed(
    key: str = INVOICE, role: str = FINANCE, *, approved: bool = True, sheet: str = WORDS,
    before: Situation | None = None,
) -> SignOff:  # fmt: skip
    """A sign-off of what the statement read in *before*."""
    view = views(before or situation(), sheet)[key]
    return SignOff(
        sheet=sheet, statement=key, role=role, approved=approved, comment="" if approved else "No!",
        content=view.content, sha256=view.sha256, signer="c1", name="Fay Finance",
        at=datetime(2026, 11, 19, tzinfo=UTC),
    )  # fmt: skip


def wording(text: str) -> dict[str, Wording]:
    return {INVOICE: Wording(key=INVOICE, text=text, version=1, changed_by="u1")}


def row(number: int, value: str = "N-1", state: str = "made", **more: Any) -> Row:
    return Row(
        id=number, register="T8.register.invoices", position=number, title=value, state=state,
        values={"number": value} | more, version=1,
    )  # fmt: skip


def rows(*found: Row) -> dict[str, list[Row]]:
    return {"T8.register.invoices": list(found)}


def test_a_statement_reads_as_the_playbook_says_with_the_customers_name() -> None:
    view = views(situation())[INVOICE]
    assert (view.wording, view.version, view.reworded) == ("What Acme sends to be paid.", 0, False)
    assert json.loads(view.content)["wording"] == view.wording
    assert view.sha256 == sha256(view.content)


def test_a_wording_of_the_engagement_stands_before_the_playbooks() -> None:
    view = views(situation(wordings=wording("A request for payment.")))[INVOICE]
    assert (view.wording, view.reworded) == ("A request for payment.", True)


@pytest.mark.parametrize(
    ("sign_offs", "now", "state"),
    [
        ([], {}, "none"),
        ([signed()], {}, "approved"),
        ([signed(approved=False)], {}, "rejected"),
        ([signed(approved=False), signed()], {}, "approved"),
        ([signed(), signed(approved=False)], {}, "rejected"),
        ([signed()], wording("A request."), "stale"),
        ([signed(approved=False)], wording("A request."), "stale"),
        (
            [signed(before=situation(wordings=wording("A request.")))],
            wording("A request."),
            "approved",
        ),
        ([signed(role=REVOPS)], {}, "none"),
        ([signed(key=DUNNING)], {}, "none"),
    ],
)
def test_the_latest_sign_off_of_a_role_counts_on_exactly_what_it_read(
    sign_offs: list[SignOff], now: dict[str, Wording], state: str
) -> None:
    s = situation(sign_offs=sign_offs, wordings=now)
    assert views(s)[INVOICE].signature(FINANCE).state == state


def test_a_stale_signature_shows_the_words_that_changed() -> None:
    s = situation(sign_offs=[signed()], wordings=wording("What Acme sends to get paid."))
    assert views(s)[INVOICE].signature(FINANCE).diff == (
        ("same", "Invoice\nWhat Acme sends to "), ("del", "be"), ("ins", "get"), ("same", " paid."),
    )  # fmt: skip


def test_long_stretches_that_stayed_are_cut() -> None:
    found = words_changed("word " * 200 + "old", "word " * 200 + "new")
    assert [op for op, _ in found] == ["same", "del", "ins"]
    assert len(found[0][1]) < 150


def test_what_a_statement_binds_is_part_of_what_is_signed() -> None:
    before = situation(rows=rows(row(1)))
    s = situation(rows=rows(row(1), row(2, "N-2")), sign_offs=[signed(DESIGN, before=before)])
    said = views(s)[DESIGN].signature(FINANCE)
    assert said.state == "stale"
    assert [text.strip() for op, text in said.diff if op == "ins"] == ["N-2; –"]


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (row(1), "approved"),
        (row(1, owner_note="x"), "approved"),
        (row(1, total="USD 5.00"), "stale"),
        (row(1, "N-9"), "stale"),
    ],
)
def test_a_row_is_signed_by_its_values(after: Row, state: str) -> None:
    key = f"{INVOICES}#row1"
    said = signed(key, sheet=INVOICES, before=situation(rows=rows(row(1))))
    s = situation(rows=rows(after), sign_offs=[said])
    assert views(s, INVOICES)[key].signature(FINANCE).state == state


def test_a_withdrawn_row_is_not_asked_about() -> None:
    s = situation(rows=rows(row(1), row(2, "N-2", state="gone")))
    assert list(views(s, INVOICES)) == [f"{INVOICES}#row1"]


BOTH = [signed(), signed(role=REVOPS)]


@pytest.mark.parametrize(
    ("check", "sign_offs", "now", "lacks"),
    [
        (SheetSigned(sheet=WORDS), [], {}, ["Finance Lead has not approved “Invoice”.",
                                            "RevOps Lead has not approved “Invoice”."]),
        (SheetSigned(sheet=WORDS), [signed()], {}, ["RevOps Lead has not approved “Invoice”."]),
        (SheetSigned(sheet=WORDS), BOTH, {}, []),
        (SheetSigned(sheet=WORDS), [*BOTH, signed(approved=False)], {},
         ["Finance Lead rejected “Invoice”: No!"]),
        (SheetSigned(sheet=WORDS), BOTH, wording("New."),
         ["Finance Lead has not signed the current wording of “Invoice”.",
          "RevOps Lead has not signed the current wording of “Invoice”."]),
        (SheetSigned(sheet=WORDS, statements=(DUNNING,)), BOTH, {},
         ["Finance Lead has not approved “Dunning”.", "RevOps Lead has not approved “Dunning”."]),
        (SheetSigned(sheet=WORDS, minimum=2), BOTH, {},
         ["“Words” has 1 to sign; at least 2 are wanted."]),
        (SheetSigned(sheet=INVOICES), [], {},
         ["“Approve the invoices” has 0 to sign; at least 1 are wanted."]),
        (SheetSigned(sheet="T5.sheet.gone"), [], {},
         ["The playbook has no sheet “T5.sheet.gone” that anybody signs."]),
    ],
)  # fmt: skip
def test_sheet_signed(
    check: SheetSigned, sign_offs: list[SignOff], now: dict[str, Wording], lacks: list[str]
) -> None:
    finding = sheet_signed(check, situation(sign_offs=sign_offs, wordings=now))
    assert [lack.sentence for lack in finding.lacks] == lacks
    assert finding.met is not bool(lacks)
    assert finding.stale is any("current wording" in lack for lack in lacks)


def test_a_lack_of_a_signature_names_the_role_and_leads_to_the_statement() -> None:
    lack = sheet_signed(SheetSigned(sheet=WORDS), situation()).lacks[0]
    assert (lack.who, lack.place) == (FINANCE, "sheet/T5.sheet.words#statement-T5-term-invoice")


def test_the_panel_says_whom_it_waits_for() -> None:
    s = situation(sign_offs=[signed()])
    shown = panel.panel(s, queries.sheet_of(s, WORDS))
    assert (shown.done, shown.total, shown.state) == (0, 1, "waiting")
    assert shown.sentence == "Waiting for RevOps Lead (Rob RevOps): 1 to read"


# --- services, on a database ---------------------------------------------------------------------


def sign(
    store: Session, s: Situation, *decisions: tuple[str, bool, str], **more: str
) -> list[SignOff]:
    seen = {key: view.sha256 for key, view in views(s).items()}
    person = {
        "role": FINANCE,
        "signer": "c1",
        "name": "Fay Finance",
        "email": "fay@acme.test",
    } | more
    return services.sign(
        store, s, sheet_key=WORDS, address="192.0.2.1", proof="code",
        decisions={key: (yes, comment, seen[key]) for key, yes, comment in decisions}, **person,
    )  # fmt: skip


def test_a_batch_is_appended_with_what_was_read_and_who_it_was(
    store: Session, tiny: Situation
) -> None:
    yes, no = sign(store, tiny, (INVOICE, True, ""), (DUNNING, False, "We never ask twice."))
    assert (yes.approved, yes.content, yes.proof) == (True, views(tiny)[INVOICE].content, "code")
    assert (no.approved, no.comment, no.name) == (False, "We never ask twice.", "Fay Finance")
    assert tiny.engagement.chain_length == 1


def test_a_no_can_become_a_yes_on_the_same_wording(store: Session, tiny: Situation) -> None:
    sign(store, tiny, (INVOICE, False, "Not ours."))
    sign(store, tiny, (INVOICE, True, ""))
    assert views(tiny)[INVOICE].signature(FINANCE).state == "approved"
    assert len(tiny.records.sign_offs) == 2


def test_what_changed_while_it_was_read_is_not_signed(store: Session, tiny: Situation) -> None:
    old = views(tiny)[INVOICE].sha256
    services.reword(store, tiny, "u1", INVOICE, "A request for payment.")
    with pytest.raises(Conflict, match="changed while you were reading"):
        services.sign(
            store, tiny, sheet_key=WORDS, role=FINANCE, decisions={INVOICE: (True, "", old)},
            signer="c1", name="Fay", email="fay@acme.test", address="", proof="code",
        )  # fmt: skip
    assert not tiny.records.sign_offs


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ({"signer": "u1"}, "Only the Finance Lead"),
        ({"signer": "c2"}, "Only the Finance Lead"),
        ({"role": REVOPS}, "Only the RevOps Lead"),
        ({"role": "architect", "signer": "u1"}, "not signed in this role"),
    ],
)
def test_only_the_contact_in_the_role_signs(
    store: Session, tiny: Situation, who: dict[str, str], words: str
) -> None:
    with pytest.raises(NotAllowed, match=words):
        sign(store, tiny, (INVOICE, True, ""), **who)


def test_a_rejection_says_what_is_wrong(store: Session, tiny: Situation) -> None:
    with pytest.raises(BadValue) as refused:
        sign(store, tiny, (INVOICE, False, "  "))
    assert refused.value.field == INVOICE


def test_an_empty_batch_is_refused(store: Session, tiny: Situation) -> None:
    with pytest.raises(Refusal, match="at least one"):
        sign(store, tiny)


def test_rewording_counts_versions_and_turns_signatures_stale(
    store: Session, tiny: Situation
) -> None:
    sign(store, tiny, (INVOICE, True, ""))
    assert services.reword(store, tiny, "u1", INVOICE, "A request.", 0).version == 1
    assert views(tiny)[INVOICE].signature(FINANCE).state == "stale"
    services.reword(store, tiny, "u1", INVOICE, "What Acme sends to be paid.", 1)
    assert views(tiny)[INVOICE].signature(FINANCE).state == "approved"


def test_two_editors_of_a_wording(store: Session, tiny: Situation) -> None:
    services.reword(store, tiny, "u1", INVOICE, "Mine.", 0)
    with pytest.raises(Conflict) as refused:
        services.reword(store, tiny, "u2", INVOICE, "Theirs.", 0)
    assert (refused.value.kept, refused.value.theirs) == (
        {"wording": "Theirs."},
        {"wording": "Mine."},
    )


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_a_wording_has_words(store: Session, tiny: Situation, text: str) -> None:
    with pytest.raises(BadValue):
        services.reword(store, tiny, "u1", INVOICE, text)


def test_a_row_has_no_wording_to_change(store: Session, tiny: Situation) -> None:
    with pytest.raises(Refusal):
        services.reword(store, tiny, "u1", f"{INVOICES}#row1", "x")


def test_what_follows_up_on_a_row_is_no_part_of_what_was_signed(library: Any) -> None:
    gaps = library.latest("q2c").get("Q9.register.gaps", Register)
    assert gaps.columns["resolution"].follows_up
    assert "resolution" not in _signed(gaps)
    assert "plan" in _signed(gaps)


def test_one_person_signs_for_a_role(store: Session, tiny: Situation) -> None:
    second = Contact(
        engagement_id=tiny.engagement.id, name="Flo Finance", email="flo@acme.test",
        role="finance_lead",
    )  # fmt: skip
    store.add(second)
    store.flush()
    tiny.records.forget("contacts", "people")

    def signs(ref: str, name: str) -> None:
        view = statement_views(tiny, sheet_of(tiny, "T5.sheet.words"))[0]
        services.sign(
            store, tiny, sheet_key="T5.sheet.words", role="finance_lead",
            decisions={view.key: (True, "", view.sha256)}, signer=ref, name=name, email="",
            address="", proof="code",
        )  # fmt: skip

    signs("c1", "Fay Finance")
    with pytest.raises(NotAllowed, match="Fay Finance has begun to sign this"):
        signs(second.ref, "Flo Finance")
    first = next(contact for contact in tiny.records.contacts if contact.ref == "c1")
    first.removed_at = datetime(2026, 11, 20, tzinfo=UTC)
    store.flush()
    tiny.records.forget("contacts", "people")
    signs(second.ref, "Flo Finance")


def test_a_certificate_says_who_signed_what_when_and_on_which_content(
    store: Session, tiny: Situation
) -> None:
    sheet = sheet_of(tiny, "T5.sheet.words")
    view = statement_views(tiny, sheet)[0]
    services.sign(
        store, tiny, sheet_key=sheet.key, role="finance_lead",
        decisions={view.key: (True, "Fine", view.sha256)}, signer="c1", name="Fay Finance",
        email="fay@acme.test", address="", proof="code",
    )  # fmt: skip
    one = certificate(tiny, sheet).statements[0]
    said = one.signed[0]
    assert (said.role, said.name, said.email, said.approved, said.comment, said.current) == (
        "Finance Lead", "Fay Finance", "fay@acme.test", True, "Fine", True,
    )  # fmt: skip
    assert said.proof == "a one-time code sent by mail"
    assert said.sha256 == one.sha256 == view.sha256
    assert one.missing == ("RevOps Lead",)
    assert not certificate(tiny, sheet).complete
    services.reword(store, tiny, "u1", view.key, "Something else.", 0)
    after = certificate(tiny, sheet).statements[0]
    assert not after.signed[0].current
    assert after.sha256 != said.sha256
