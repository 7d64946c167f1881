"""The roles that the engagement's playbook knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import current_app

from phases.core.models import Engagement
from playbook.loader import Playbook
from playbook.models import Role


def playbook_of(engagement: Engagement) -> Playbook:
    """The version of the playbook that *engagement* follows."""
    library = current_app.extensions["library"]
    return cast(Playbook, library.get(engagement.playbook_name, engagement.playbook_version))


def roles_of(engagement: Engagement, side: str) -> Mapping[str, Role]:
    """Roles of one side (customer or staff) by slug; an admin is on no engagement as such."""
    roles = playbook_of(engagement).roles
    return {slug: role for slug, role in roles.items() if role.side == side and slug != "admin"}
