"""Named refusals. Each says what was tried and what to do; the error pages read them from here."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A rule of the product said no. ``status`` is the HTTP status of the page that tells so."""

    status = 422
    title = "That cannot be done"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refusal):
    """The person may read this but not do that."""

    status = 403
    title = "You are not allowed to do this"


class Missing(Refusal):
    """It does not exist, or belongs to somebody else; both look the same."""

    status = 404
    title = "Not found"

    def __init__(self, message: str = "There is nothing at this address.") -> None:
        super().__init__(message)


class Conflict(Refusal):
    """Somebody changed it first. ``kept`` is what was typed, ``theirs`` what stands there now."""

    status = 409
    title = "Somebody else changed this first"

    def __init__(
        self,
        message: str,
        *,
        kept: dict[str, str] | None = None,
        theirs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kept = kept or {}
        self.theirs = theirs or {}


class BadValue(Refusal):
    """A value that the content does not allow; ``field`` names where it was typed."""

    title = "There is a problem with what you typed"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooManyTries(Refusal):
    """Too many wrong passwords or codes."""

    status = 429
    title = "Too many tries"


class Unavailable(Refusal):
    """Something outside the product does not answer: the disk, the mail server."""

    status = 503
    title = "Not possible right now"


def check_version(
    stored: int, sent: int | None, *, kept: dict[str, str], theirs: dict[str, Any]
) -> None:
    """Refuse a change that was made against an older version than the stored one.

    Raises:
        Conflict: somebody else saved in between; both texts are kept.
    """
    if sent is not None and sent != stored:
        raise Conflict(
            "Somebody else saved a change while you were typing. Both texts are below: "
            "copy what you want to keep, then go back and edit again.",
            kept=kept,
            theirs=theirs,
        )
