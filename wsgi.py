"""The application: configuration, extensions, pages, error pages, commands."""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from deliverables import samples
from deliverables import views as deliverables
from deliverables.at_once import Issuing
from intake import views as intake
from phases.core import (
    access,
    addresses,
    db,
    downloads,
    errorpages,
    files,
    headers,
    schema,
    template,
    worker,
)
from phases.core import cli as core_commands
from phases.core.accounts import views as account_views
from phases.core.invitations import views as people
from phases.core.runs import views as runs
from phases.core.settings import Settings
from phases.engineering import cli as billing_commands
from phases.engineering.contracts import views as contracts
from phases.engineering.invoices import views as invoices
from phases.engineering.reconciliation import views as reconciliation
from phases.engineering.scenarios import views as scenarios
from phases.engineering.template import views as invoice_template
from phases.gates import views as gates
from phases.mechanisms.checklist import views as checklist
from phases.mechanisms.form import views as form
from phases.mechanisms.homework import views as homework
from phases.mechanisms.inputs import views as inputs
from phases.mechanisms.matrix import views as matrix
from phases.mechanisms.meeting import views as meeting
from phases.mechanisms.metric import views as metric
from phases.mechanisms.register import views as register
from phases.mechanisms.schedule import views as schedule
from phases.mechanisms.sheet import views as sheet
from phases.mechanisms.trigger import views as trigger
from phases.mechanisms.writing import views as writing
from phases.portfolio import views as portfolio
from phases.portfolio.demo.cli import demo_commands
from phases.strategy import cli as crm_commands
from phases.strategy.crm import views as crm
from phases.strategy.versions import views as versions
from playbook.book import Library
from playbook.cli import group as playbook_commands
from playbook.loader import load_all

HERE = Path(__file__).parent

PARTS = (
    *(
        worker,
        core_commands,
        billing_commands,
        crm_commands,
        account_views,
        downloads,
        people,
        runs,
    ),
    *(checklist, form, inputs, matrix, meeting, metric, register, schedule, sheet, trigger),
    *(writing, contracts, scenarios, invoice_template, crm, versions, homework),
    *(invoices, reconciliation),
    *(gates, portfolio),
    *(deliverables, samples, intake),
)
"""Every part that brings pages, commands or hooks, each by its ``init_app``."""


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from the environment, with *config* on top.

    Raises:
        ContentError: the playbook's content has problems; each is named with file, key and remedy.
    """
    app = Flask(__name__, instance_relative_config=False)
    app.config.from_mapping(configuration(os.environ))
    app.config.update(config or {})
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS", db.engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    app.extensions["library"] = app.config.get("LIBRARY") or _library(app)
    addresses.prepare(app)
    db.prepare(app)
    Migrate(app, db.db, directory=str(HERE / "migrations"), render_as_batch=True)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    files.init_app(app)
    CSRFProtect(app)
    Bootstrap5(app)
    schema.init_app(app)
    access.init_app(app)
    headers.init_app(app)
    errorpages.init_app(app)
    template.init_app(app)
    for part in PARTS:
        part.init_app(app)
    app.cli.add_command(playbook_commands)
    app.cli.add_command(demo_commands(Issuing))
    return app


def _library(app: Flask) -> Library:
    """The content, which stays: searching it for garbage would hold up a page by 0.1 s.

    A page makes thousands of rows that go with it; looking among them each 700 took a twentieth.
    """
    library = load_all(app.config["PLAYBOOK_FOLDERS"])
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    return library


def configuration(environ: Mapping[str, str]) -> dict[str, Any]:
    """The configuration that *environ* asks for; see README for each name."""
    data = Path(environ.get("DATA_DIR") or HERE / "instance").resolve()
    data.mkdir(parents=True, exist_ok=True)
    base_url = environ.get("BASE_URL") or f"http://localhost:{environ.get('PORT') or 8000}"
    parts = urlsplit(base_url)
    https = parts.scheme == "https"
    extra = [Path(p) for p in environ.get("PLAYBOOK_PATH", "").split(os.pathsep) if p]
    return {
        "SECRET_KEY": environ.get("SECRET_KEY") or secret_key(data / "secret_key"),
        "DATA_DIR": data,
        "BASE_URL": base_url.rstrip("/"),
        "TRUSTED_HOSTS": trusted_hosts(parts.hostname or "localhost", https=https),
        "TRUSTED_PROXIES": int(environ.get("TRUSTED_PROXIES") or 0),
        "PREFERRED_URL_SCHEME": parts.scheme,
        "SQLALCHEMY_DATABASE_URI": database_url(environ.get("DATABASE_URL"), data),
        "PLAYBOOK_NAME": environ.get("PLAYBOOK_NAME") or "q2c",
        "PLAYBOOK_FOLDERS": (HERE / "playbook" / "content", *extra),
        "FILES_URL": environ.get("FILES_URL") or f"file://{data / 'files'}",
        "MAX_CONTENT_LENGTH": 32 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "__Host-q2c" if https else "q2c",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": https,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "SETTINGS": Settings.from_environment(environ),
    }


def trusted_hosts(host: str, *, https: bool) -> list[str]:
    """The names this installation answers to; over plain http also this machine's own."""
    return [host] if https else sorted({host, "127.0.0.1", "localhost"})


def database_url(url: str | None, data: Path) -> str:
    """*url* with the driver this product uses, or the SQLite file in the data folder."""
    if not url:
        return f"sqlite:///{data / 'q2c.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def secret_key(path: Path) -> str:
    """The installation's own key, made on first use and readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
