"""The verbs of stories that are about exports: taken in, held against contracts, explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from billing.invoices import Invoice
from phases.core import files
from phases.core.commit import commit
from phases.core.models import StoredFile
from phases.engineering.contracts.queries import conventions_in, each_contract
from phases.engineering.contracts.terms import contract_under, invoices_of
from phases.engineering.invoices import services as invoices
from phases.engineering.invoices.models import InvoiceImport
from phases.engineering.reconciliation import services as comparing
from phases.engineering.reconciliation import uses
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.mechanisms.register.services import change_row
from phases.portfolio.demo.builder import Deed, Telling
from phases.portfolio.demo.exports import LEDGER, TITLES, csv_bytes, entries, exported

EXPLAINED = {"state": "explained", "owner": "", "cause": "", "resolution": ""}


def imports(t: Telling, actor: str, said: list[dict[str, Any]]) -> None:
    """Take files in, one after another; one that leaves something to ask waits for the answer."""
    contents = [(words["file"], _content(t, words)) for words in said]
    for words, stored in zip(said, _stored(t, actor, contents), strict=True):
        record = invoices.recognise_file(t.session, t.engagement, actor, stored, words["side"])
        if record.found["ready"]:
            invoices.take(t.session, t.engagement, actor, record)


def _stored(t: Telling, actor: str, contents: list[tuple[str, bytes]]) -> list[StoredFile]:
    """Keep the bytes of files; ends the transaction, begins another."""
    commit(t.session)
    uploads = [FileStorage(BytesIO(content), filename=name) for name, content in contents]
    found = [files.store(t.session, t.engagement, upload, actor) for upload in uploads]
    t.again()
    return found


def _content(t: Telling, words: Mapping[str, Any]) -> bytes:
    """Invoices that should exist with the faults said, entries of a ledger, or rows as they are."""
    if "rows" in words:
        return csv_bytes(words["rows"][0], words["rows"][1:])
    if "entries" in words:
        return csv_bytes(LEDGER, entries(words["month"], words["entries"]))
    rows = exported(_expected(t, words), words["numbers"], words.get("faults", {}))
    return csv_bytes(TITLES, [*rows, *words.get("more", ())])


def _expected(t: Telling, words: Mapping[str, Any]) -> Iterator[tuple[str, Invoice]]:
    """What should be billed from the ``first`` to the ``last`` day, in order of issue."""
    conventions = conventions_in(t.session, t.engagement)
    found = [
        (contract.customer, invoice)
        for _, version in each_contract(t.session, t.engagement)
        for contract in [contract_under(version.terms, conventions)]
        for invoice in invoices_of(contract, conventions, words["last"])
        if words["first"] <= invoice.issue_date <= words["last"]
    ]
    return iter(sorted(found, key=lambda one: (one[1].issue_date, one[1].contract)))


def withdraw(t: Telling, actor: str, said: list[str]) -> None:
    """Leave files out of every later comparison."""
    for name in said:
        invoices.remove(t.session, t.engagement, actor, _import(t, name))


def _import(t: Telling, name: str) -> InvoiceImport:
    query = select(InvoiceImport).where(
        InvoiceImport.engagement_id == t.engagement.id, InvoiceImport.file_name == name
    )
    return t.session.scalars(query.order_by(InvoiceImport.id.desc())).first() or _no(name)


def _no(name: str) -> Any:
    raise KeyError(name)


def compare(t: Telling, actor: str, said: list[dict[str, Any]]) -> None:
    """Hold what was billed against what was agreed, and explain what differs."""
    for words in said:
        record = comparing.start(
            t.session, t.engagement, actor, words["purpose"], first_day=words.get("first"),
            last_day=words.get("last"), only_named=words.get("only_named", False),
        )  # fmt: skip
        _explain(t, actor, record, words.get("explain", {}))
        _put(t, actor, record, words.get("before_customer", {}))


def layers(t: Telling, actor: str, said: dict[str, dict[str, Any]]) -> None:
    """Hold both sides of layers against each other for a period."""
    for layer, words in said.items():
        left, right = ([_import(t, words[side])] for side in ("left", "right"))
        record = comparing.start_layer(
            t.session, t.engagement, actor, layer, words["period"], left, right
        )
        _explain(t, actor, record, words.get("explain", {}))


def _explain(
    t: Telling, actor: str, record: Reconciliation, said: Mapping[str, Mapping[str, str]]
) -> None:
    """Say who looks after what differs, by the invoice's number, else by its contract."""
    rows = select(Outcome).where(Outcome.reconciliation_id == record.id, Outcome.state != "")
    found = {row.number or row.contract: row for row in t.session.scalars(rows)}
    for name, words in said.items():
        given: dict[str, str] = {**EXPLAINED, **words}
        owner = t.known(given.pop("owner"))
        comparing.explain(
            t.session, t.engagement, actor, record, found[name], version=None, owner=owner,
            people=[owner], **given,
        )  # fmt: skip


def _put(
    t: Telling, actor: str, record: Reconciliation, said: Mapping[str, Mapping[str, str]]
) -> None:
    """Put the invoices named before the customer, with what is said of each."""
    if not said:
        return
    query = select(Outcome).where(
        Outcome.reconciliation_id == record.id, Outcome.number.in_(list(said))
    )
    rows = {row.number: row for row in t.session.scalars(query)}
    uses.put_tests(t.session, t.again(), actor, record, [rows[number].id for number in said])
    s = t.again()
    for number, values in said.items():
        change_row(t.session, s, actor, uses.TESTS, rows[number].test_row, values=dict(values))


def pack(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Keep exact files with a document of one subject: those taken in under these names."""
    kept = [t.session.get_one(StoredFile, _import(t, name).file_id) for name in said["files"]]
    contents = [(one.name, files.read(one.path)) for one in kept]
    for stored in _stored(t, actor, contents):
        t.issuing.keep(t.session, t.s, actor, said["document"], stored.id, said["subject"])


ACCOUNTS: dict[str, Deed] = {
    "imports": imports, "withdraw": withdraw, "compare": compare, "layers": layers, "pack": pack,
}  # fmt: skip
