"""The audit trail is append-only in the database itself."""

from __future__ import annotations

from typing import cast

from sqlalchemy import DDL, Connection, Table, event

from phases.core.models import AuditEvent

REFUSAL = "audit events are append-only"

FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""
SQLITE = f"""
CREATE TRIGGER audit_event_no_{{name}} BEFORE {{deed}} ON audit_event
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
"""
POSTGRES = """
CREATE TRIGGER audit_event_no_{name} BEFORE {deed} ON audit_event
FOR EACH {each} EXECUTE FUNCTION audit_event_refuse()
"""

ARM: dict[str, tuple[str, ...]] = {
    "sqlite": (
        SQLITE.format(name="update", deed="UPDATE"),
        SQLITE.format(name="delete", deed="DELETE"),
    ),
    "postgresql": (
        FUNCTION,
        POSTGRES.format(name="change", deed="UPDATE OR DELETE", each="ROW"),
        POSTGRES.format(name="truncate", deed="TRUNCATE", each="STATEMENT"),
    ),
}

DISARM: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_event_no_update",
        "DROP TRIGGER IF EXISTS audit_event_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event",
        "DROP TRIGGER IF EXISTS audit_event_no_truncate ON audit_event",
    ),
}


def arm(connection: Connection) -> None:
    """Put the triggers in place; migrations call this after they touch the table."""
    disarm(connection)
    for statement in ARM[connection.dialect.name]:
        connection.execute(DDL(statement))


def disarm(connection: Connection) -> None:
    """Take the triggers away, for a migration or a restore in the same transaction."""
    for statement in DISARM[connection.dialect.name]:
        connection.execute(DDL(statement))


def _arm_new(_table: Table, connection: Connection, **_: object) -> None:
    arm(connection)


event.listen(cast(Table, AuditEvent.__table__), "after_create", _arm_new)
