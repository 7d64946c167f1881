"""``python -m bench [NAME …] [--quick] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bench import (
    billing,
    contracts,
    create,
    crm,
    design,
    documents,
    imports,
    mechanisms,
    pages,
    reconciliation,
    startup,
    versions,
)
from bench.measure import Figure
from phases.core.clock import now
from phases.core.db import engine_options
from phases.core.version import version

Benchmark = Callable[[], list[Figure]]

ALL: dict[str, Benchmark] = {
    "startup": startup.run,
    "contracts": contracts.run,
    "create": create.run,
    "crm": crm.run,
    "design": design.run,
    "documents": documents.run,
    "imports": imports.run,
    "mechanisms": mechanisms.run,
    "pages": pages.run,
    "billing": billing.run,
    "reconciliation": reconciliation.run,
    "versions": versions.run,
}
QUICK: dict[str, Benchmark] = {
    "startup": partial(startup.run, 2),
    "contracts": partial(contracts.run, (100, 20_000), 8),
    "create": partial(create.run, 15),
    "crm": partial(crm.run, 40_000, 10_000, 2),
    "design": partial(design.run, 5),
    "documents": partial(documents.run, 60),
    "imports": partial(imports.run, (500, 5_000)),
    "mechanisms": partial(mechanisms.run, 8),
    "pages": partial(pages.run, (10, 1_000), 15),
    "billing": partial(billing.run, (200, 1_000), 50),
    "reconciliation": partial(reconciliation.run, 20_000, 10),
    "versions": partial(versions.run, 10),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks named, or all; 1 if a limit was missed."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ALL))
    parser.add_argument("--quick", action="store_true", help="fewer rounds and engagements")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(ALL):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    chosen = QUICK if asked.quick else ALL
    found = {name: measured(name, chosen[name]) for name in asked.names or chosen}
    if asked.json:
        asked.json.write_text(json.dumps(report(found, quick=asked.quick), indent=2) + "\n")
    return 1 if any(figure.good is False for figures in found.values() for figure in figures) else 0


def measured(name: str, benchmark: Benchmark) -> list[Figure]:
    """The figures of one benchmark, printed."""
    began = time.monotonic()
    print(f"{name} …", file=sys.stderr, flush=True)
    figures = benchmark()
    print(f"{name} ({time.monotonic() - began:.0f} s)")
    print(f"  {'':<58} {'':>10} {'':<8} {'at most':>8}")
    print("\n".join(figure.line() for figure in figures), flush=True)
    return figures


def sqlite_version() -> str:
    """The SQLite that the installation uses."""
    engine = create_engine("sqlite://", **engine_options("sqlite://"))
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())


def report(found: dict[str, list[Figure]], *, quick: bool) -> dict[str, Any]:
    """The figures as data, with where they were taken."""
    return {
        "at": now().isoformat(timespec="seconds"),
        "version": version(),
        "quick": quick,
        "machine": {
            "python": platform.python_version(),
            "sqlite": sqlite_version(),
            "processors": os.cpu_count(),
            "load": list(os.getloadavg()),
        },
        "figures": {
            name: [figure.as_data() for figure in figures] for name, figures in found.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
