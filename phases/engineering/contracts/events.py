"""What happened to contracts. ``subject`` is ``contract/<id>``, or the engagement's slug."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ContractAdded:
    subject: str
    sha256: str


@dataclass(frozen=True)
class ContractChanged:
    """``version`` is the number of the new version of its terms."""

    subject: str
    version: int
    sha256: str


@dataclass(frozen=True)
class ContractConfirmed:
    subject: str
    version: int


@dataclass(frozen=True)
class ContractAssumed:
    subject: str
    version: int


@dataclass(frozen=True)
class ContractRemoved:
    subject: str


@dataclass(frozen=True)
class ContractRestored:
    subject: str


@dataclass(frozen=True)
class ConventionsChanged:
    """``choices`` are all that differ from the defaults now."""

    subject: str
    version: int
    choices: dict[str, str]


@dataclass(frozen=True)
class ContractFileAdded:
    """``subject`` is ``contract-import/<id>``, here and below."""

    subject: str
    sha256: str


@dataclass(frozen=True)
class ContractMappingChanged:
    subject: str
    version: int


@dataclass(frozen=True)
class ContractFileDropped:
    subject: str


@dataclass(frozen=True)
class ContractsImported:
    """``refused`` counts the rows that came to no contract."""

    subject: str
    added: int
    changed: int
    refused: int
    sha256: str
