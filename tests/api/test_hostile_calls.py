"""B-3 and B-4: every operation of the description with hostile values, by each role in turn: no 5xx.

Three calls for each operation, drawn with a fixed seed from what the description says of its
parameters and body: sometimes fitting, mostly not. A failure names the call.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.factories import feed, stages
from tests.factories import organisations as make

SEED = 20260310
CALLS = 3
HOSTILE: tuple[Any, ...] = (
    "", " ", "0", "-1", "1_000", "１２３", "٣", "1e3", "NaN", "9" * 30, "2026-02-30", "2026-13",
    "0000-00-00", "9999-12-31", "2026-03-10T25:00:00", "null", "true", "[]", "{}", "%", "'", '"',
    "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "a" * 5000, "\u200b",
    "\u202e", "\U0001f4a9", "䶮", "=1+1", "＝1", "\r\nX: y", "\x7f", "\ufeff", ".", "(", "\\",
)  # fmt: skip
TYPED: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 2**70, 1.5, -0.0, [], {}, [[]], [None], {"a": 1}, "x", ["x"] * 300,
)  # fmt: skip
FITTING = {"date": "2026-03-10", "month": "2026-03", "year": "2026", "number": "HD1", "code": "X1"}


def _description() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def people() -> list[tuple[str, Client]]:
    """One of each kind; with some rows of theirs to meet."""
    hospital = make.organisation()
    stages.warning(hospital)
    stages.delivery(stages.parties())
    admin = make.person(hospital, "admin", "clerk", "reviewer")
    feed.webhook_delivery(feed.webhook_endpoint(hospital))
    province = hospital.region
    while province is not None and province.parent is not None:
        province = province.parent
    bureau = make.organisation("bureau", region=province)
    users = {
        "hospital": admin,
        "enterprise": make.person(make.organisation("enterprise"), "admin", "clerk"),
        "province": make.person(bureau, "admin", "clerk", "reviewer", "importer"),
        "auditor": make.administrator("auditor"),
    }
    found = []
    for name, user in users.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        found.append((name, client))
    return found


def _value(draw: random.Random, schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value for a body's field: of its type half of the time."""
    while "$ref" in schema or "allOf" in schema:
        reference = schema.get("$ref") or schema["allOf"][0].get("$ref", "")
        schema = components[reference.rsplit("/", 1)[-1]]
    if draw.random() < 0.35:
        return draw.choice((*TYPED, *HOSTILE))
    kind = schema.get("type")
    if "enum" in schema:
        return draw.choice(schema["enum"])
    if kind == "object":
        fields = schema.get("properties", {})
        return {
            name: _value(draw, field, components)
            for name, field in fields.items()
            if draw.random() < 0.9
        }
    if kind == "array":
        return [
            _value(draw, schema.get("items", {}), components) for _ in range(draw.randint(0, 3))
        ]
    if kind in ("integer", "number"):
        return draw.choice((1, 2026, 0, -1, 2**40))
    if kind == "boolean":
        return draw.choice((True, False))
    return draw.choice(HOSTILE)


def _call(
    draw: random.Random,
    path: str,
    method: str,
    operation: dict[str, Any],
    components: dict[str, Any],
) -> tuple[str, dict[str, Any], Any]:
    def filled(found: re.Match[str]) -> str:
        text = draw.choice((FITTING.get(found[1], "1"), "999999999", *map(str, HOSTILE)))
        return "".join(f"%{byte:02X}" for byte in text.encode()) or "-"

    query = {
        parameter["name"]: draw.choice((*HOSTILE, FITTING.get(parameter["name"], "1")))
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and draw.random() < 0.5
    }
    content = operation.get("requestBody", {}).get("content", {})
    body = None
    if content:
        body = _value(draw, next(iter(content.values()))["schema"], components)
    return re.sub(r"\{(\w+)\}", filled, path), query, body


@pytest.mark.django_db
def test_no_call_makes_the_platform_fail() -> None:
    described = _description()
    components = described["components"]["schemas"]
    callers, draw, number = people(), random.Random(SEED), 0
    wrong, calls = [], 0
    for path, operations in sorted(described["paths"].items()):
        for method, operation in sorted(operations.items()):
            for _ in range(CALLS):
                name, client = callers[number % len(callers)]
                number += 1
                url, query, body = _call(draw, path, method, operation, components)
                with transaction.atomic():
                    if method == "get":
                        answer = client.get(url, query)
                    else:
                        answer = getattr(client, method)(
                            url, json.dumps(body), content_type="application/json",
                            query_params=query,
                        )  # fmt: skip
                    transaction.set_rollback(True)
                calls += 1
                kind = answer.headers.get("Content-Type", "")
                if answer.status_code >= 500 or (
                    answer.status_code >= 400 and not kind.startswith("application/problem+json")
                ):
                    wrong.append(f"{answer.status_code} {name} {method} {url} {query} {body}"[:600])
    assert wrong == []
    assert calls > 250


@pytest.mark.django_db
def test_control_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("organisations.api.viewsets.visible_pools", broken)
    _, client = people()[0]
    assert client.get("/api/v1/pools/").status_code == 500
