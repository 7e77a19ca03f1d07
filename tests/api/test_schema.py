"""The OpenAPI description is valid, complete, and Chinese; every page act has its endpoint."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.openapi.hooks import READ_PROBLEMS, WRITE_PROBLEMS
from tests.matrix.routes import METHODS, all_patterns, all_routes, methods_of

HAN = re.compile("[一-鿿]")
TABLE = Path(settings.BASE_DIR) / "docs" / "api" / "pages.md"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def _operations(schema: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (path, method.upper()): operation
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }


def test_it_is_openapi_3_and_was_made_without_a_warning(schema: dict[str, Any]) -> None:
    """drf-spectacular validates by jsonschema against the specification's own schema."""
    validate_schema(schema)
    assert schema["openapi"].startswith("3.")
    assert not GENERATOR_STATS


def test_control_a_broken_description_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="paths"):
        validate_schema({"openapi": "3.0.3", "info": {"title": "x", "version": "1"}})


def test_every_route_of_the_api_is_described(schema: dict[str, Any]) -> None:
    described = {(re.sub(r"\{\w+\}", "{}", path), method) for path, method in _operations(schema)}
    routes = set()
    for pattern in all_patterns():
        if (pattern.name or "").startswith("api-") and hasattr(pattern.callback, "actions"):
            path = re.sub(r"\(\?P<\w+>(?:\[[^]]*\]|\\.|[^()])*\)", "{}", str(pattern.pattern))
            path = path.replace("^", "").replace("$", "").replace("\\", "")
            routes |= {(f"/api/v1/{path}", method) for method in methods_of(pattern.callback)}
    assert routes - described == set()
    assert {method for _, method in routes} <= set(METHODS)


def test_every_operation_field_and_parameter_speaks_chinese(schema: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for (path, method), operation in _operations(schema).items()
        if not HAN.search(operation.get("summary", ""))
        or not HAN.search(operation.get("description", ""))
    ]
    silent += [
        f"{method} {path} ?{parameter['name']}"
        for (path, method), operation in _operations(schema).items()
        for parameter in operation.get("parameters", ())
        if not HAN.search(parameter.get("description", ""))
    ]
    silent += [
        f"{name}.{field}"
        for name, component in schema["components"]["schemas"].items()
        for field, said in component.get("properties", {}).items()
        if not HAN.search(said.get("description", ""))
    ]
    assert silent == []


def test_every_operation_tells_its_problems_and_how_to_sign_in(schema: dict[str, Any]) -> None:
    for (path, method), operation in _operations(schema).items():
        wanted = READ_PROBLEMS if method == "GET" else WRITE_PROBLEMS
        for status in wanted:
            said = operation["responses"][str(status)]["content"]
            assert list(said) == ["application/problem+json"], (path, method, status)
        assert {"ApiToken": []} in operation["security"], (path, method)
        if method != "GET":
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert "Idempotency-Key" in names, (path, method)


@pytest.mark.django_db
def test_it_is_served_as_json_to_whoever_asks(schema: dict[str, Any]) -> None:
    served = Client().get("/api/schema/")
    assert served.status_code == 200
    assert set(served.json()["paths"]) == set(schema["paths"])


@pytest.mark.django_db
def test_docs_page_asks_no_outside_host() -> None:
    for path in ("/api/docs/", "/api/docs/?script="):
        answer = Client().get(path)
        assert answer.status_code == 200
        body = answer.content.decode()
        outside = re.findall(r"""(?:src|href)\s*=\s*["'](https?:)?//""", body)
        assert outside == []
        assert "unsafe-inline" not in answer["Content-Security-Policy"]


def _listed() -> dict[str, str]:
    """Page routes with methods, `*` for any rest → what the table says of them."""
    rows = re.findall(r"^\| `([^|]+)` \| (.+?) \|$", TABLE.read_text(encoding="utf-8"), re.M)
    return {page: said for pages, said in rows for page in re.split(r"`, `", pages)}


def test_every_page_act_has_its_endpoint_or_its_reason() -> None:
    """docs/api/pages.md names each page and act that is no endpoint itself."""
    pages = {
        f"{route.name} {route.method}"
        for route in all_routes()
        if not route.name.startswith(("api-", "gallery"))
    }
    listed = _listed()
    without = {page for page in pages if not any(fnmatch(page, line) for line in listed)}
    assert without == set()
    assert {line for line in listed if not any(fnmatch(page, line) for page in pages)} == set()
    names = {pattern.name for pattern in all_patterns()}
    for page, said in listed.items():
        named = set(re.findall(r"`(api-[a-z-]+)`", said))
        assert named <= names, page
        assert named or said.startswith("仅页面："), page
