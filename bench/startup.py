"""How long the application takes to start, and what memory a worker of it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from bench.measure import Figure
from bench.world import folder

WORKER = """
import json, sys, time
began = time.perf_counter()
from wsgi import create_app
imported = time.perf_counter()
app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite:///" + sys.argv[1], "TESTING": True})
created = time.perf_counter()
app.test_client().get("/login")
resident = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(json.dumps([imported - began, created - imported, int(resident) / 1024]))
"""


def run(times: int = 5) -> list[Figure]:
    """Start *times* workers, one after another."""
    with folder() as place:
        answers = [_start(str(place / "q2c.sqlite3")) for _ in range(times)]
    imports, creating, memory = (median(values) for values in zip(*answers, strict=True))
    return [
        Figure("importing everything", imports * 1000, "ms"),
        Figure("create_app()", creating * 1000, "ms"),
        Figure("memory of a worker after its first page", memory, "MiB"),
    ]


def _start(database: str) -> list[float]:
    command = [sys.executable, "-c", WORKER, database]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own text
    found: list[float] = json.loads(answer.stdout.splitlines()[-1])
    return found
