"""What may go wrong when a document is printed."""

from __future__ import annotations

from phases.core.errors import Unavailable


class RenderFailed(Unavailable):
    """The printing process could not make the PDF."""

    title = "The document could not be made"


class RenderTimeout(RenderFailed):
    """It took longer than is allowed."""
