"""The client that the handbook gives works against a running server."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from core.outgoing.signatures import new_secret, signatures
from monitoring.models import Warning
from tests.factories import organisations as make
from tests.factories import stages

pytestmark = pytest.mark.alone


def _module() -> ModuleType:
    path = Path(settings.BASE_DIR) / "docs" / "api" / "client.py"
    spec = importlib.util.spec_from_file_location("example_client", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.django_db(transaction=True)
def test_it_lists_answers_and_follows(live_server: LiveServer, tmp_path: Path) -> None:
    example = _module()
    hospital = make.organisation()
    numbers = {stages.warning(hospital, group_code=f"G{n}").warning_no for n in range(3)}
    stages.warning(make.organisation())
    scopes = ("warnings:read", "warnings:write", "organisations:read", "changes:read")
    _, secret = make.api_token(hospital, *scopes, roles=("clerk",))
    client = example.Client(live_server.url, secret)
    assert client.get("/api/v1/me/")["organisation"]["code"] == hospital.code
    since = client.get("/api/v1/changes/", since="now")["next"]
    rows = list(client.rows("/api/v1/warnings/", page_size="2"))
    assert {row["warning_no"] for row in rows} == numbers
    proof = tmp_path / "整改证明.pdf"
    proof.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    number = rows[0]["warning_no"]
    answered = example.answer_warning(client, number, "已与配送企业核对并完成收货", [proof])
    assert answered["state"] == "explained"
    detail = client.get(f"/api/v1/warnings/{number}/")
    assert [file["name"] for file in detail["files"]] == ["整改证明.pdf"]
    changes, since = client.changes(since)
    assert [(change["kind"], change["object_key"]) for change in changes] == [
        ("warning.acknowledged", number), ("warning.explained", number),
    ]  # fmt: skip
    assert client.changes(since)[0] == []
    with pytest.raises(example.ApiProblem) as refused:
        example.answer_warning(client, number, "再次说明一遍", [])
    assert refused.value.status == 409
    with pytest.raises(example.ApiProblem) as foreign:
        client.get("/api/v1/webhooks/")
    assert foreign.value.status == 403
    assert Warning.objects.get(warning_no=number).state == "explained"


def test_it_verifies_what_the_platform_signs_and_nothing_else() -> None:
    example = _module()
    old, new = new_secret(), new_secret()
    body, now = b'{"id":1}', int(time.time())
    headers = {
        "webhook-id": "chg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": signatures([new, old], message_id="chg_1", timestamp=now, body=body),
    }
    assert example.verified(old, headers, body)
    assert example.verified(new, headers, body)
    assert not example.verified(new_secret(), headers, body)
    assert not example.verified(new, headers, body + b" ")
    assert not example.verified(new, {**headers, "webhook-id": "chg_2"}, body)
    late = {**headers, "webhook-timestamp": str(now - 301)}
    assert not example.verified(new, late, body)
    assert not example.verified(new, {}, body)
