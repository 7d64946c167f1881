"""What an installation is told by its environment, beside Flask's own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phases.core.brand import ACCENT, accent_of, logo_of


@dataclass(frozen=True)
class Settings:
    """``smtp_host`` empty means that no mail goes out: it is kept for an admin to read.

    ``firm_logo`` is its kind (png or svg, empty for none) and its bytes.
    """

    firm_name: str = "Our firm"
    firm_accent: str = ACCENT
    firm_logo: tuple[str, bytes] = ("", b"")
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    mail_from: str = "noreply@localhost"
    time_zone: str = "UTC"

    @property
    def sends_mail(self) -> bool:
        """Whether outgoing mail is set up."""
        return bool(self.smtp_host)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read FIRM_NAME, FIRM_ACCENT, FIRM_LOGO, SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD,
        SMTP_TLS, MAIL_FROM, TIME_ZONE.

        Raises:
            ValueError: SMTP_PORT is no number, SMTP_TLS none of starttls, tls, none, FIRM_ACCENT
                no colour that can be read on white, or FIRM_LOGO no picture.
        """
        tls = environ.get("SMTP_TLS") or "starttls"
        if tls not in ("starttls", "tls", "none"):
            raise ValueError(f"SMTP_TLS is {tls!r}; it takes starttls, tls or none")
        return cls(
            firm_name=environ.get("FIRM_NAME") or "Our firm",
            firm_accent=accent_of(environ.get("FIRM_ACCENT", "")),
            firm_logo=logo_of(environ.get("FIRM_LOGO", "")),
            smtp_host=environ.get("SMTP_HOST", ""),
            smtp_port=int(environ.get("SMTP_PORT") or 587),
            smtp_user=environ.get("SMTP_USER", ""),
            smtp_password=environ.get("SMTP_PASSWORD", ""),
            smtp_tls=tls,
            mail_from=environ.get("MAIL_FROM") or "noreply@localhost",
            time_zone=environ.get("TIME_ZONE") or "UTC",
        )
