"""Every error below /api/ is a problem in Chinese; a write sent twice happens once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from inbox.models import WebhookEndpoint
from monitoring.models import Warning
from organisations.models import Organisation
from organisations.queries.scope import Scope
from tests.factories import organisations as make
from tests.factories import stages

WEBHOOK = {"name": "HIS", "url": "https://hook.example.org/", "kinds": ["warning.opened"]}


def _admin(of: Organisation | None = None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(of, "admin", "clerk"))
    return client


def _problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()[:300]
    assert answer["Content-Type"].startswith("application/problem+json")
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    assert any("一" <= letter <= "鿿" for letter in said["title"] + said.get("detail", ""))
    return said


@pytest.mark.django_db
def test_each_status_is_a_problem(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _admin()
    nobody = Client(raise_request_exception=False)
    _problem(client.get("/api/v1/nothing/"), 404)
    _problem(client.get("/api/v1/webhooks/HD00/"), 404)
    _problem(nobody.get("/api/v1/me/"), 401)
    _problem(client.delete("/api/v1/regions/"), 405)
    _problem(client.get("/api/v1/me/", headers={"accept": "text/csv"}), 406)
    _problem(client.post("/api/v1/webhooks/", "a=b", content_type="text/plain"), 415)
    _problem(client.get("/api/v1/regions/?cursor=zzz"), 400)
    _problem(client.get("/api/v1/regions/?page_size=0"), 400)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    big = client.post("/api/v1/webhooks/", {"name": "字" * 200}, content_type="application/json")
    _problem(big, 413)

    def broken(scope: Scope) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("organisations.api.viewsets.visible_regions", broken)
    _problem(client.get("/api/v1/regions/"), 500)


@pytest.mark.django_db
def test_fields_are_pointed_at_with_the_way_out() -> None:
    said = _problem(_admin().post("/api/v1/webhooks/", {"name": "", "kinds": ["x"]},
                                  content_type="application/json"), 400)  # fmt: skip
    pointers = {error["pointer"] for error in said["errors"]}
    assert {"#/name", "#/url", "#/kinds/0"} <= pointers


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [b'{"name": NaN}', b'{"name": 1e400}', b'{"name": -1e400}', b'{"name": "a", "name": "b"}',
     b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'"text"', b"[1]", b"", b"{", b"\xff",
     b'{"name": Infinity}', b"[" * 50_000],
)  # fmt: skip
def test_hostile_json_is_400(body: bytes) -> None:
    answer = _admin().post("/api/v1/webhooks/", body, content_type="application/json")
    _problem(answer, 400)


# --- Idempotency-Key --------------------------------------------------------------------------


def _register(client: Client, key: str, **changes: Any) -> Any:
    return client.post(
        "/api/v1/webhooks/", {**WEBHOOK, **changes}, content_type="application/json",
        headers={"idempotency-key": key},
    )  # fmt: skip


@pytest.mark.django_db
def test_same_key_replays_and_other_body_is_422() -> None:
    client = _admin()
    first, again = _register(client, "k"), _register(client, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replay"] == "true"
    assert "secret" in first.json()
    assert "secret" not in again.json()
    assert again.json()["number"] == first.json()["number"]
    _problem(_register(client, "k", name="ERP"), 422)
    _problem(_register(client, "k" * 201), 400)
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.django_db
def test_refused_write_may_be_sent_again_under_its_key() -> None:
    client = _admin()
    _problem(_register(client, "k", url="https://127.1/"), 400)
    assert _register(client, "k").status_code == 201


@pytest.mark.django_db
def test_key_of_a_form_knows_its_files_by_their_bytes() -> None:
    hospital = make.organisation()
    warning = stages.warning(hospital, state="acknowledged")
    client = _admin(hospital)

    def explain(content: bytes) -> Any:
        file = SimpleUploadedFile("证明.pdf", b"%PDF-1.4\n" + content + b"\n%%EOF\n")
        return client.post(
            f"/api/v1/warnings/{warning.warning_no}/explain/",
            {"explanation": "已经完成整改", "files": [file]}, headers={"idempotency-key": "k"},
        )  # fmt: skip

    assert explain(b"one").status_code == 200
    assert explain(b"one")["Idempotent-Replay"] == "true"
    _problem(explain(b"two"), 422)
    assert Warning.objects.get().state == "explained"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_make_one(settings: Any) -> None:
    hospital = make.organisation()
    clients = [_admin(hospital)]
    user = clients[0].session["_auth_user_id"]
    clients.append(Client(raise_request_exception=False))
    clients[1].cookies = clients[0].cookies
    assert user
    together, answers = threading.Barrier(2), []

    def send(client: Client) -> None:
        try:
            together.wait(60)
            answers.append(_register(client, "k"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    numbers = {answer.json().get("number") for answer in answers}
    assert [answer.status_code for answer in answers] in ([201, 201], [201, 409], [409, 201])
    assert len(numbers - {None}) == 1
    assert WebhookEndpoint.objects.count() == 1
