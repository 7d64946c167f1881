"""Error pages and log levels, decided in one place."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from phases.core import files
from phases.core.db import db
from phases.core.errors import BadValue, Conflict, Refusal

TITLES = {
    400: "The request was not understood",
    403: "You are not allowed to do this",
    404: "Not found",
    405: "This address takes no such request",
    413: "The file is too large",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Not possible right now",
}
MESSAGES = {
    400: "Go back, reload the page and try again.",
    404: "There is nothing at this address. It may have been removed, or the link is incomplete.",
    405: "Go back and use the buttons on the page.",
    500: "The error has been logged. Nothing you sent before was lost; go back and try again.",
}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_busy)
    app.register_error_handler(Exception, unexpected)


def page(
    code: int, title: str, message: str, kept: dict[str, str] | None = None
) -> ResponseReturnValue:
    """One error page; JSON where a script asked. What was read or half-written is rolled back."""
    cast(Session, db.session).rollback()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(message=message), code
    home = f"/c/{g.grant.ref}/" if g.get("grant") else "/"
    return (
        render_template(
            "errors/error.html",
            code=code,
            title=title,
            message=message,
            kept=kept or {},
            action_href=home,
            action_label="Go to the start page",
        ),
        code,
    )


def refused(error: Refusal) -> ResponseReturnValue:
    """A rule of the product said no."""
    kept: dict[str, str] = {}
    if isinstance(error, Conflict):
        kept = {f"Your text: {k}": str(v) for k, v in error.kept.items() if v not in (None, "")}
        kept |= {f"Saved by somebody else: {k}": str(v) for k, v in error.theirs.items()}
    elif isinstance(error, BadValue) and request.method == "POST":
        kept = typed()
    return page(error.status, error.title, error.message, kept)


def stale_form(error: CSRFError) -> ResponseReturnValue:
    """The form's token does not fit: cookies were cleared, or the login ended meanwhile."""
    return page(
        400,
        "This form could not be matched to your visit",
        "Cookies may have been cleared since the page was opened. What you typed is below: copy "
        "it, go back, reload the page and send it again.",
        typed(),
    )


def typed() -> dict[str, str]:
    """What the person typed into the form that is refused, secrets left out."""
    hidden = {"csrf_token", "once", "version", "password", "token", "code"}
    return {
        name: value
        for name, value in request.form.items()
        if name not in hidden and "password" not in name and value.strip()
    }


def http_error(error: HTTPException) -> ResponseReturnValue:
    """An error of the protocol."""
    code = error.code or 500
    if code < 400:
        return error
    title = TITLES.get(code, error.name)
    message = MESSAGES.get(code, error.description or "")
    if code == 413:
        size = (files.taken_by(request.endpoint) or files.LARGEST) // files.MEGABYTE
        message = f"Files may be {size} MB at most here. Go back and choose a smaller one."
        return page(code, title, message, typed_safely())
    return page(code, title, message, {})


def typed_safely() -> dict[str, str]:
    """What was typed, as far as an over-long request lets it be read."""
    try:
        return typed()
    except HTTPException:
        return {}


def database_busy(error: OperationalError) -> ResponseReturnValue:
    """The database is locked, full or gone."""
    current_app.logger.error("database: %s", error.orig)
    if request.method != "POST":
        return page(
            503,
            TITLES[503],
            "The database did not answer. Try again in a minute; if it stays so, tell an admin.",
        )
    return page(
        503,
        TITLES[503],
        "The database did not take the change: it is busy, or the disk is full. Nothing was half "
        "saved. What you typed is below; try again in a minute.",
        typed(),
    )


def unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of the product: logged with its trace, shown without."""
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.error("unexpected error at %s", request.path, exc_info=error)
    return page(500, TITLES[500], MESSAGES[500], typed() if request.method == "POST" else None)
