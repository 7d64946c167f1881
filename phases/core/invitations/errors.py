"""Why a link does not open the customer's side."""

from __future__ import annotations

from phases.core.errors import Refusal


class LinkRefused(Refusal):
    """The link does not open. ``offers_fresh`` says whether a new one may be mailed."""

    status = 410
    title = "This link no longer works"
    offers_fresh = True


class LinkUnknown(LinkRefused):
    status = 404
    title = "This link is not known"
    offers_fresh = False

    def __init__(self) -> None:
        super().__init__(
            "Check that the whole link was copied from the mail. A newer mail makes earlier links "
            "stop working."
        )


class LinkExpired(LinkRefused):
    def __init__(self) -> None:
        super().__init__(
            "The link has expired. We can mail a new one to the address it was sent to."
        )


class LinkUsed(LinkRefused):
    def __init__(self) -> None:
        super().__init__(
            "The link was used already; it opens one browser only. We can mail a new one to the "
            "address it was sent to."
        )


class LinkRevoked(LinkRefused):
    offers_fresh = False

    def __init__(self) -> None:
        super().__init__(
            "The link was withdrawn. Use the link in the newest mail, or ask the person who "
            "invited you."
        )
