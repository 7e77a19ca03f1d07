"""Nonsense in addresses of the warnings: a page or an answer that says so, never a 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from tests.core.lists.test_keyset import BROKEN
from tests.factories import stages
from tests.monitoring.warnings.cast import Cast, the_cast

pytestmark = pytest.mark.django_db

LIST, EXPORT, API = "/monitoring/warnings/", "/monitoring/warnings/export/", "/api/v1/warnings/"

# As they stand in an address: what is not UTF-8, or not a character at all, cannot be written else.
HOSTILE = [
    "%00", "a%00b", "%ED%A0%80", "%ED%BF%BF", "%FF%FE", "%C0%AF", "%u0000", "%", "%zz",
    *(quote(text) for text in (
        "2026-13", "2026-00", "2026-0", "2026-1-1", "0000-01", "9999-12", "10000-01", "-2026-01",
        "２０２６-０３", "２０２６－０３", "٢٠٢٦-٠٣", "2026-²", "²026-03", "2026-③", "२०२६-०३",
        "nonsense", "Open", "open,closed", "[]", "{}", "null", "None", "NaN", "Infinity", "1e400",
        "-1", "0", "1_000", "１２３", "9" * 30, "9" * 5000, "' OR '1'='1", "';DROP TABLE x;--",
        "%", "_", "\\", "%%%", "*" * 200, "(" * 200, "[a-", "{{7*7}}", "{% debug %}", "${7*7}",
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "../../etc/passwd",
        "\r\nX-Evil: 1", "\t", " ", "　", "\u200b", "\u202e", "﻿", "😀", "𠮷", "名" * 3000,
        "\x1b[31m", "\x7f", "\ufffe", "\uffff", "true", "甲医院",
    )),
]  # fmt: skip
# Every value where text is taken apart, a few of each sort where it is only compared.
READ = ("month", "q", "cursor", "stage")
COMPARED = (
    "severity", "rule", "subject_type", "subject_code", "batch", "group", "page", "sort",
    "columns", "page_size", "limit", "unknown",
)  # fmt: skip
FEW = HOSTILE[:4] + HOSTILE[9::12]


@pytest.fixture
def cast() -> Cast:
    cast = the_cast()
    stages.warning_month(cast.warning)
    return cast


def answers(client: Client, addresses: list[str]) -> dict[str, int]:
    """Status by address; what went wrong inside is a 500, not an exception of the test."""
    client.raise_request_exception = False
    found = {}
    for address in addresses:
        path, _, query = address.partition("?")
        with transaction.atomic():
            answer = client.get(path, QUERY_STRING=query)
        found[address] = answer.status_code
    return found


def wrong(found: dict[str, int], allowed: set[int]) -> list[str]:
    return [
        f"{status} {address[:120]}" for address, status in found.items() if status not in allowed
    ]


def allowed(base: str, field: str) -> set[int]:
    """The API has no such page where a page refuses a broken cursor."""
    return {200, 400, 404} if (base, field) == (API, "cursor") else {200, 400}


@pytest.mark.parametrize("field", READ)
@pytest.mark.parametrize("base", [LIST, API])
def test_parameters_that_are_taken_apart(cast: Cast, client: Client, base: str, field: str) -> None:
    client.force_login(cast.clerk)
    found = answers(client, [f"{base}?{field}={value}" for value in HOSTILE])
    assert wrong(found, allowed(base, field)) == []


@pytest.mark.parametrize("base", [LIST, EXPORT, API])
def test_other_parameters(cast: Cast, client: Client, base: str) -> None:
    client.force_login(cast.clerk)
    found = answers(client, [f"{base}?{field}={v}" for field in COMPARED for v in FEW[::2]])
    found |= answers(client, [f"{EXPORT}?{field}={v}" for field in ("month", "q") for v in FEW])
    assert wrong(found, {200, 400}) == []


@pytest.mark.parametrize("base", [LIST, API])
def test_cursors(cast: Cast, client: Client, base: str) -> None:
    client.force_login(cast.clerk)
    cursors = [quote(c.encode("utf-8", "surrogatepass")) for c in BROKEN]
    found = answers(client, [f"{base}?cursor={cursor}" for cursor in cursors])
    assert wrong(found, {400} if base == LIST else {200, 400, 404}) == []


def test_addresses_of_one_warning(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    paths = [
        f"{base}{value}/{rest}"
        for base in (LIST, API)
        for value in HOSTILE[::2]
        if value not in {quote("甲医院"), "%"}
        for rest in ("", "files/1/")
    ]
    found = answers(client, [*paths, f"{LIST}{cast.warning.warning_no}/files/{'9' * 30}/"])
    assert wrong(found, {200, 400, 404}) == []
    assert found[f"{LIST}{quote('nonsense')}/"] == 404


def test_wrong_conditions_are_named_in_chinese(cast: Cast, client: Client) -> None:
    """Neither everything nor silently nothing."""
    client.force_login(cast.clerk)
    for query, word in {
        "month=2026-13": "月份", "month=２０２６-０３": "月份", "month=2026-²": "月份",
        "stage=nonsense": "办理", "severity=purple": "级别", "rule=none": "规则",
        "cursor=xxx": "翻页标记无效",
    }.items():  # fmt: skip
        for base in (LIST, EXPORT, API):
            if word == "翻页标记无效" and base != LIST:
                continue
            answer = client.get(f"{base}?{query}")
            assert answer.status_code == 400, (base, query)
            if base != API:
                assert word in answer.content.decode(), (base, query)


def test_good_conditions_still_work(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    number = cast.warning.warning_no
    month = f"{cast.warning.last_month:%Y-%m}"
    for query, there in {
        "": True, f"month={month}": True, "month=2020-01": False, "stage=open": True,
        "stage=closed": False, "stage=": True, "month=": True, "severity=yellow": True,
        f"q={number.lower()}": True, f"q={quote('甲医院')}": True, "q=zzz": False,
    }.items():  # fmt: skip
        answer = client.get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert (f"{LIST}{number}/" in answer.content.decode()) is there, query


@pytest.mark.parametrize("verb", ["acknowledge", "explain", "close", "return"])
def test_posted_nonsense(cast: Cast, client: Client, verb: str) -> None:
    client.force_login(cast.clerk if verb in ("acknowledge", "explain") else cast.county)
    client.raise_request_exception = False
    path = f"{LIST}{cast.warning.warning_no}/{verb}/"
    statuses = {}
    for value in ("a\x00b", "\ud800", "9" * 30, "1_0", "-1", "x", "名" * 200_000):
        body = b"&".join(
            name + b"=" + quote(value.encode("utf-8", "surrogatepass")).encode()
            for name in (b"version", b"explanation", b"closing_note")
        )
        with transaction.atomic():
            answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
        statuses[value[:10]] = answer.status_code
    assert set(statuses.values()) <= {400, 403, 409}, statuses
    cast.warning.refresh_from_db()
    assert (cast.warning.state, cast.warning.row_version) == ("open", 1)


@pytest.mark.parametrize("body", [b"\x00", b"{", b"[[" * 5000, b'{"a":NaN}', b"\xff\xfe", b'{"version":1e400}', b'{"version": 1, "version": 1}', b'"x"', b"[]", b"null", b'{"explanation":"\\u0000"}', b'{"explanation":"\\ud800"}'])  # fmt: skip
def test_posted_json(cast: Cast, client: Client, body: bytes) -> None:
    client.force_login(cast.clerk)
    client.raise_request_exception = False
    answer = client.post(
        f"{API}{cast.warning.warning_no}/explain/", body, content_type="application/json"
    )
    assert answer.status_code in {400, 403, 415}
    assert answer["Content-Type"] == "application/problem+json"
