"""Keeping the invoice template, and its logo."""

from __future__ import annotations

from sqlalchemy.orm import Session

from phases.core import audit, files
from phases.core.errors import BadValue, check_version
from phases.core.models import Engagement, StoredFile
from phases.engineering.template.design import Design, design_of
from phases.engineering.template.events import InvoiceTemplateChanged
from phases.engineering.template.models import InvoiceTemplate

LOGO = "invoice-template"
LOGO_BYTES = 400 * 1024
PICTURES = ("image/png", "image/jpeg")


def template_of(session: Session, engagement: Engagement) -> InvoiceTemplate | None:
    """The engagement's template, if somebody has set one."""
    return session.get(InvoiceTemplate, engagement.id)


def design_in(session: Session, engagement: Engagement) -> Design:
    """How the engagement's invoices look."""
    record = template_of(session, engagement)
    return design_of(record.settings if record else None, engagement.customer)


def logo_of(session: Session, engagement: Engagement) -> StoredFile | None:
    """The logo on the invoices, if there is one."""
    record = template_of(session, engagement)
    if record is None or record.logo_id is None:
        return None
    return session.get(StoredFile, record.logo_id)


def save(
    session: Session, engagement: Engagement, actor: str, design: Design, version: int | None,
    logo: files.Upload | None = None, *, without_logo: bool = False,
) -> InvoiceTemplate:  # fmt: skip
    """Keep *design*, with a new *logo* if one is sent.

    Raises:
        BadValue: the logo is no picture, or too large. Conflict: somebody changed it first.
    """
    record = template_of(session, engagement)
    check_version(record.version if record else 0, version, kept={}, theirs={})
    stored = _logo(session, engagement, actor, logo) if logo else None
    record = template_of(session, engagement)
    if record is None:
        record = InvoiceTemplate(engagement_id=engagement.id, version=0)
        session.add(record)
    record.settings, record.changed_by = design.stored(), actor
    if stored or without_logo:
        record.logo_id = stored.id if stored else None
    record.version += 1
    session.flush()
    event = InvoiceTemplateChanged(engagement.slug, record.version)
    audit.record(session, engagement, actor, event)
    return record


def _logo(session: Session, engagement: Engagement, actor: str, upload: files.Upload) -> StoredFile:
    checked = files.check(upload, "logo")
    if checked.kind not in PICTURES:
        raise BadValue("logo", "Choose a PNG or JPEG picture.")
    if checked.size > LOGO_BYTES:
        raise BadValue("logo", f"The picture is over {LOGO_BYTES // 1024} kB. Make it smaller.")
    stored = files.store(session, engagement, upload, actor, "logo")
    return files.claim(session, engagement, stored.id, LOGO, actor)
