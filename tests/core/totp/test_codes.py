"""One-time codes against the vectors of RFC 6238, and the window in which each is taken once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from core.totp import code_at, current_step, matching_step, new_secret, provisioning_uri, qr_svg

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_vectors_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, current_step(datetime.fromtimestamp(seconds, UTC))) == code


@pytest.mark.parametrize(
    ("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_is_taken_one_half_minute_to_either_side(off: int, taken: bool) -> None:
    code = code_at(SECRET, current_step(NOON) + off)
    assert (matching_step(SECRET, code, NOON, after=0) is not None) is taken


def test_code_is_taken_once() -> None:
    code = code_at(SECRET, current_step(NOON))
    used = matching_step(SECRET, code, NOON, after=0)
    assert used == current_step(NOON)
    assert matching_step(SECRET, code, NOON + timedelta(seconds=5), after=used) is None


def test_secrets_differ_and_fit_an_app() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(secret) for secret in made} == {32}


def test_picture_is_plain_svg() -> None:
    uri = provisioning_uri(SECRET, account="province", issuer="招采")
    assert uri.startswith("otpauth://totp/%E6%8B%9B%E9%87%87%3Aprovince?secret=GEZDGNBV")
    root = ElementTree.fromstring(qr_svg(uri))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "rect", "path"}
    assert not any("style" in element.attrib for element in root.iter())
