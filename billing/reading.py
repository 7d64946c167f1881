"""Terms from JSON, with every problem named by row and field; and the published schema."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from billing.checking import shared_days
from billing.contracts import Contract, ContractFault, Document
from billing.errors import Problem, TermsError

TAGS = frozenset(
    [
        "recurring",
        "one_off",
        "milestone",
        "usage",
        "per_unit",
        "graduated",
        "volume",
        "package",
        "percentage",
    ]
)
"""Names of kinds that pydantic puts into the path of a field and no author wrote."""

WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "greater_than_equal": "it must not be below {ge}",
    "greater_than": "it must be above {gt}",
    "less_than_equal": "it must not be above {le:,}",
    "decimal_parsing": "it is not a number",
    "int_parsing": "it is not a whole number",
    "decimal_max_digits": "it has more than {max_digits} digits",
    "decimal_max_places": "it has more than {decimal_places} decimals",
    "too_short": "there is none; at least one is needed",
    "string_too_short": "it is empty or too short; {min_length} characters at least",
    "string_too_long": "it is longer than {max_length} characters",
    "literal_error": "it must be {expected}",
    "finite_number": "it is not a number",
}
"""What is wrong, by pydantic's name of the fault."""
REMEDIES = {
    "extra_forbidden": "Leave it out, or look for its right name in the schema",
    "missing": "Give it",
    "decimal_parsing": "Write it with a decimal point, without thousands marks",
}


def loads(text: str) -> Any:
    """JSON whose numbers stay exact.

    Raises:
        TermsError: it is no JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        raise TermsError([Problem(0, "", "JSON", f"cannot be read: {error}")]) from error


def _refuse(name: str) -> Any:
    raise TermsError([Problem(0, "", "JSON", f"{name} is not a number")])


def read_document(text: str) -> Document:
    """The terms that JSON *text* holds.

    Raises:
        TermsError: it is no JSON, does not fit the schema, or contradicts itself.
    """
    return document_of(loads(text))


def document_of(data: Any) -> Document:
    """The terms that *data* holds.

    Raises:
        TermsError: it does not fit the schema, or contradicts itself.
    """
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise TermsError([*problems(error, data), *twice(numbers_in(data))]) from error
    if found := [*twice(one.number for one in document.contracts), *by_convention(document)]:
        raise TermsError(found)
    return document


def contract_of(data: Any) -> Contract:
    """One contract.

    Raises:
        TermsError: it does not fit the schema, or contradicts itself.
    """
    return document_of({"contracts": [data]}).contracts[0]


def numbers_in(data: Any) -> Iterator[str]:
    """The contracts' numbers as written, in order."""
    contracts = data.get("contracts") if isinstance(data, dict) else None
    for one in contracts if isinstance(contracts, (list, tuple)) else ():
        yield str(one.get("number", "")) if isinstance(one, dict) else ""


def twice(numbers: Iterable[str]) -> list[Problem]:
    """Contracts that share a number."""
    given = list(numbers)
    counts = Counter(given)
    return [
        Problem(row, number, "number", f"{counts[number]} contracts have it")
        for row, number in enumerate(given, 1)
        if number and counts[number] > 1
    ]


def by_convention(document: Document) -> list[Problem]:
    """What is a problem under the conventions that go for a contract."""
    found = []
    for row, contract in enumerate(document.contracts, 1):
        own = contract.conventions.get("contract_end_meaning")
        if (own or document.conventions.contract_end_meaning) == "inclusive":
            pairs = shared_days(contract)
            found += [Problem(row, contract.number, field, what) for field, what in pairs]
    return found


def problems(error: ValidationError, data: Any) -> list[Problem]:
    """Each error, in the words of the terms."""
    found = []
    every = error.errors()
    for one in every:
        if one["type"] == "too_short" and any(
            other["loc"][: len(one["loc"])] == one["loc"] != other["loc"] for other in every
        ):
            continue  # too short only because those at fault were left out
        path = [step for step in one["loc"] if step not in TAGS]
        row, name, field = place(path, data)
        fault = one.get("ctx", {}).get("error")
        if isinstance(fault, ContractFault):
            pairs = fault.found
            found += [Problem(row, name, where, what) for where, what in pairs]
            continue
        found.append(Problem(row, name, field, said(one), REMEDIES.get(one["type"], "")))
    return found


def said(error: Mapping[str, Any]) -> str:
    """What pydantic found, in our words where there are some."""
    if words := WORDS.get(error["type"]):
        return words.format(**error.get("ctx", {}))
    return re.sub(r"^(Value|Assertion) error, ", "", error["msg"])


def place(path: list[int | str], data: Any) -> tuple[int, str, str]:
    """Row, contract number and field of a path into the document."""
    if len(path) < 2 or path[0] != "contracts" or not isinstance(path[1], int):
        return 0, "", dotted(path) or "document"
    contract = data["contracts"][path[1]] if isinstance(data, dict) else None
    name = contract.get("number", "") if isinstance(contract, dict) else ""
    return path[1] + 1, str(name)[:80], dotted(path[2:]) or "contract"


def dotted(path: list[int | str]) -> str:
    """A path as it is written: lines[0].price."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def schema() -> dict[str, Any]:
    """The JSON Schema of a document of terms."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Document.model_json_schema(),
        "examples": [EXAMPLE],
    }


EXAMPLE: dict[str, Any] = {
    "conventions": {"proration_basis": "actual_days", "credit_form": "credit_note"},
    "contracts": [
        {
            "number": "C-2025-017",
            "customer": "Example Ltd",
            "currency": "EUR",
            "start": "2025-01-15",
            "end": "2025-12-31",
            "payment_terms": [{"kind": "net", "days": 30}],
            "taxes": [{"name": "VAT", "jurisdiction": "DE", "percent": "19"}],
            "lines": [
                {
                    "key": "seats",
                    "kind": "recurring",
                    "frequency": "monthly",
                    "anchor": {"kind": "calendar"},
                    "price": "40.00",
                    "quantity": "10",
                },
                {
                    "key": "calls",
                    "kind": "usage",
                    "anchor": {"kind": "calendar"},
                    "pricing": {
                        "model": "graduated",
                        "tiers": [{"up_to": "1000", "unit_price": "0.10"}, {"unit_price": "0.05"}],
                    },
                    "records": [{"on": "2025-02-10", "quantity": "1400"}],
                },
            ],
            "amendments": [
                {"kind": "upgrade", "on": "2025-03-16", "line": "seats", "quantity": 12}
            ],
        }
    ],
}
"""A document that shows the usual parts; every test of the schema reads it too."""
