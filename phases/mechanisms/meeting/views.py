"""The page of a meeting: plan it, invite, run it by the clock, write it up, end it."""

from __future__ import annotations

from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from phases.core import access
from phases.core.access import staff
from phases.core.clock import now
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Conflict, Missing
from phases.core.mail import settings
from phases.core.models import AssessmentVersion
from phases.core.template import clock
from phases.mechanisms.inputs.forms import fact_form
from phases.mechanisms.inputs.queries import InputView
from phases.mechanisms.inputs.services import input_of
from phases.mechanisms.meeting import beside, invitations, services
from phases.mechanisms.meeting.forms import (
    ActForm,
    PlanForm,
    corrected_of,
    minutes_of,
    one_of,
    plan_form,
)
from phases.mechanisms.meeting.queries import meeting_of, meeting_view, slot_of
from phases.mechanisms.meeting.services import Minutes
from phases.mechanisms.meeting.slots import Slot, current, slots
from phases.mechanisms.page import current as current_situation
from phases.mechanisms.page import current_for
from phases.mechanisms.situation import Situation
from playbook.models import Meeting

bp = Blueprint("meeting", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and the mails they send."""
    invitations.init()
    app.register_blueprint(bp)


@bp.get("/e/<slug>/meeting/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    meeting = meeting_of(current_for(key), key)
    number = request.args.get("number", "")
    if number:
        known = number.isdecimal() and len(number) < 7
        return _page(meeting, _slot(meeting, int(number) if known else 0))
    return _page(meeting, current(slots(current_situation(), meeting)))


@bp.get("/e/<slug>/meeting/<key>/<int:number>/invite.ics")
@staff("read")
def calendar(slug: str, key: str, number: int) -> ResponseReturnValue:
    s = current_situation()
    meeting = meeting_of(s, key)
    slot = _slot(meeting, number)
    if slot.record is None or slot.record.planned_at is None:
        raise Missing
    view = meeting_view(s, meeting, slot)
    text = invitations.calendar(s, view, slot.record, cancelled=bool(slot.record.dropped))
    name = f"{g.engagement.slug}-{key.rpartition('.')[2]}.ics".replace("_", "-")
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/calendar", headers=head)


@bp.post("/e/<slug>/meeting/<key>/<int:number>/plan")
@staff("work")
@commits
def plan(slug: str, key: str, number: int) -> ResponseReturnValue:
    meeting = _to_work_on(key)
    slot, form = _slot(meeting, number), PlanForm()
    if not form.validate():
        return _page(meeting, slot, form), 422
    given = form.plan(request.form.getlist("attendees"))
    try:
        services.plan(_session(), _s(), g.actor, key, number, given, form.version.data)
    except BadValue as error:
        if error.field not in form:
            return _page(meeting, slot, form, {error.field: error.message}), 422
        form[error.field].errors = [error.message]
        return _page(meeting, slot, form), 422
    if "invite" in request.form:
        services.invite(_session(), _s(), g.actor, key, number)
        flash(f"Planned. {_what_happens()}", "success")
    else:
        flash("Planned", "success")
    return _back(meeting, number)


def _what_happens() -> str:
    if settings().sends_mail:
        return "The invitation goes out with the date for the calendar."
    return "No mail server is set up: an admin finds the invitations under Outgoing mail."


@bp.post("/e/<slug>/meeting/<key>/<int:number>/start")
@staff("work")
@commits
def start(slug: str, key: str, number: int) -> ResponseReturnValue:
    meeting = _to_work_on(key)
    services.start(_session(), _s(), g.actor, key, number)
    flash("Started: the agenda follows the clock", "success")
    return _back(meeting, number, "agenda")


@bp.post("/e/<slug>/meeting/<key>/<int:number>/minutes")
@staff("work")
@commits
def write(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Keep what is written up: all of it, or one field as it is typed (see autosave.js)."""
    meeting = _to_work_on(key)
    slot, form = _slot(meeting, number), ActForm()
    if "autosave_field" in request.form:
        return _autosave(meeting, slot, form)
    ending = "end" in request.form
    act = services.end if ending else services.write
    try:
        given = _typed(meeting, slot)
        act(_session(), _s(), g.actor, key, number, given, form.version.data)
    except BadValue as error:
        return _page(meeting, slot, errors={error.field: error.message}), 422
    flash("Held, and written up" if ending else "Saved", "success")
    return _back(meeting, number, "outcome" if ending else "agenda")


def _autosave(meeting: Meeting, slot: Slot, form: ActForm) -> ResponseReturnValue:
    name = request.form["autosave_field"]
    given = one_of(meeting_view(_s(), meeting, slot), request.form, name)
    if given is None:
        raise Missing
    try:
        row = services.write(
            _session(), _s(), g.actor, meeting.key, slot.number, given, form.version.data
        )
    except BadValue as error:
        return jsonify(errors={name: [error.message]}), 422
    except Conflict:
        version = slot.record.version if slot.record else 0
        return jsonify(message="Somebody else is writing this up too.", version=version), 409
    return jsonify(saved_at=clock(now()), version=row.version)


def _typed(meeting: Meeting, slot: Slot) -> Minutes:
    """What the form says; an input may be confirmed only where the person may change it."""
    facts = beside.assumed(_s(), meeting)
    corrected = corrected_of(_s(), facts, request.form)
    given = minutes_of(meeting_view(_s(), meeting, slot), request.form, corrected)
    first = _s().playbook.subphases[0].code
    for key in (*(given.confirmed or {}), *corrected):
        access.check("work", input_of(_s(), key).subphase or first)
    return given


@bp.post("/e/<slug>/meeting/<key>/<int:number>/reopen")
@staff("work")
@commits
def reopen(slug: str, key: str, number: int) -> ResponseReturnValue:
    meeting = _to_work_on(key)
    services.reopen(_session(), _s(), g.actor, key, number)
    flash("Open again", "success")
    return _back(meeting, number)


@bp.post("/e/<slug>/meeting/<key>/<int:number>/drop")
@staff("work")
@commits
def drop(slug: str, key: str, number: int) -> ResponseReturnValue:
    meeting, form = _to_work_on(key), ActForm()
    slot = _slot(meeting, number)
    told = bool(slot.record and slot.record.invited)
    try:
        services.drop(_session(), _s(), g.actor, key, number, form.reason.data or "")
    except BadValue as error:
        return _page(meeting, slot, errors={error.field: error.message}), 422
    flash("Given up." + (" Those invited are told." if told else ""), "success")
    return _back(meeting, number)


@bp.post("/e/<slug>/meeting/<key>/<int:number>/restore")
@staff("work")
@commits
def restore(slug: str, key: str, number: int) -> ResponseReturnValue:
    meeting = _to_work_on(key)
    services.restore(_session(), _s(), g.actor, key, number)
    flash("It takes place after all", "success")
    return _back(meeting, number)


def _page(
    meeting: Meeting, slot: Slot, form: PlanForm | None = None,
    errors: dict[str, str] | None = None,
) -> str:  # fmt: skip
    s = _s()
    view = meeting_view(s, meeting, slot)
    facts = beside.assumed(s, meeting) if not view.slot.over else ()
    return render_template(
        "meeting/meeting.html", s=s, view=view, how=s.applicability(meeting),
        subphase=s.playbook.subphase(meeting.subphase), form=form or plan_form(view),
        planning=form is not None, errors=errors or {}, typed=_kept(),
        again=request.method == "POST" and form is None,
        may_work=access.allowed("work", meeting.subphase) and s.applies(meeting),
        captures=beside.captures(s, meeting), guides=beside.guides(s, meeting), assumed=facts,
        fields={fact.key: fact_form(fact, typed=_sent(fact)) for fact in facts},
        lacking=beside.lacking(s, meeting) if not view.slot.over else (),
        version_cut=version_cut(s, meeting, slot), following=beside.following(s, meeting),
        asked=meeting.asks, when=invitations.when(s, view), sends_mail=settings().sends_mail,
    )  # fmt: skip


def _sent(fact: InputView) -> bool:
    """Whether something was typed for this input in a form that is shown again."""
    return f"fact-{fact.anchor}-value" in _kept()


def version_cut(s: Situation, meeting: Meeting, slot: Slot) -> AssessmentVersion | None:
    """The version of the assessment that was cut after this meeting."""
    own = (row for row in s.records.versions if row.meeting == meeting.key)
    return next((row for row in own if row.meeting_number == slot.number), None)


def _kept() -> MultiDict[str, str]:
    """What was typed into a form that is shown again."""
    return request.form if request.method == "POST" else MultiDict()


def _to_work_on(key: str) -> Meeting:
    meeting = meeting_of(_s(), key)
    access.check("work", meeting.subphase)
    return meeting


def _slot(meeting: Meeting, number: int) -> Slot:
    return slot_of(_s(), meeting, number)


def _back(meeting: Meeting, number: int, anchor: str = "") -> ResponseReturnValue:
    place = url_for(
        ".page", slug=g.engagement.slug, key=meeting.key, number=number, _anchor=anchor or None
    )
    return redirect(place)


_s = current_situation


def _session() -> Session:
    return cast(Session, db.session)
