"""All rows as lines of JSON, the same for every database, and back.

What JSON has no type for is written as an object with one key, ``$datetime`` and the like. Columns
that hold JSON are written as they are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Connection, Table, func, insert, select

from phases.core.db import Base

BATCH = 500

WRITERS: dict[type, tuple[str, Callable[[Any], str]]] = {
    datetime: ("$datetime", lambda v: v.isoformat()),
    date: ("$date", lambda v: v.isoformat()),
    Decimal: ("$decimal", str),
    bytes: ("$bytes", lambda v: base64.b64encode(v).decode()),
}

READERS: dict[str, Callable[[str], Any]] = {
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$decimal": Decimal,
    "$bytes": base64.b64decode,
}


def tables() -> list[Table]:
    """Every table, what is referred to before what refers to it."""
    return list(Base.metadata.sorted_tables)


def columns() -> dict[str, list[str]]:
    """The columns of every table: a backup fits a database that has the same."""
    return {table.name: sorted(column.name for column in table.columns) for table in tables()}


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Every row of *table* as a line, in order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=BATCH).execute(query).mappings():
        yield json.dumps(
            {c.name: _plain(row[c], c.type) for c in table.columns}, ensure_ascii=False
        )


def _plain(value: Any, kind: Any) -> Any:
    if isinstance(kind, JSON):
        return value
    writer = WRITERS.get(type(value))
    return {writer[0]: writer[1](value)} if writer else value


def load(connection: Connection, table: Table, rows: Iterable[str]) -> int:
    """Insert *rows* as they were written; how many they were."""
    count, source = 0, iter(rows)
    while batch := list(islice(source, BATCH)):
        connection.execute(insert(table), [_row(table, line) for line in batch])
        count += len(batch)
    return count


def _row(table: Table, line: str) -> dict[str, Any]:
    row = json.loads(line)
    return {
        column.name: row[column.name] if isinstance(column.type, JSON) else _typed(row[column.name])
        for column in table.columns
    }


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        ((name, text),) = value.items()
        return READERS[name](text)
    return value


def set_counters(connection: Connection) -> None:
    """Have PostgreSQL number new rows after those that were loaded; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in tables():
        if table.autoincrement_column is None:
            continue
        column = table.autoincrement_column
        last = connection.scalar(select(func.max(column)))
        sequence = func.pg_get_serial_sequence(quote(table.name), column.name)
        if last is not None:
            connection.execute(select(func.setval(sequence, last)))
