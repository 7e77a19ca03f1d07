"""The feed: exactly what is visible, in order, without gaps, as long as it is kept."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from inbox.models import Change, Task
from inbox.operations.changes import KEPT_FOR, forget_changes
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from inbox.queries.changes import RETENTION
from organisations.models import Organisation
from tests.factories import feed, stages
from tests.factories import organisations as make

pytestmark = pytest.mark.alone

FEED = "/api/v1/changes/"


def _of(organisation: Organisation, *roles: str) -> Client:
    client = Client()
    client.force_login(make.person(organisation, *(roles or ("clerk",))))
    return client


def _read(client: Client, since: str = "", **query: Any) -> dict[str, Any]:
    answer = client.get(FEED, {"since": since, **query})
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def _tell(organisation: Organisation, key: str) -> None:
    told = NewNotice(organisation_id=organisation.pk, key=key, title="通知")
    notify(notices=[told], at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_own_changes_come_once_and_in_order_and_nobody_elses() -> None:
    mine, other = make.organisation(), make.organisation()
    client = _of(mine)
    start = _read(client, "now")["next"]
    _tell(mine, "n1")
    _tell(other, "n2")
    task = NewTask(mine.pk, "answer_warning", "答复", "warning", "YJ1", "/x/")
    open_tasks(tasks=[task], at=timezone.now())
    open_tasks(tasks=[task], at=timezone.now())  # open already: no change, nothing told
    finish_tasks(object_type="warning", object_keys=["YJ1"], at=timezone.now())
    page = _read(client, start)
    opened = Task.objects.get()
    assert [change["kind"] for change in page["changes"]] == [
        "notice.sent", "task.opened", "task.done",
    ]  # fmt: skip
    assert page["changes"][1]["api_url"] == f"/api/v1/tasks/{opened.pk}/"
    assert client.get(page["changes"][1]["api_url"]).status_code == 200
    assert page["more"] is False
    again = _read(client, page["next"])
    assert (again["changes"], again["more"]) == ([], False)
    assert [c["kind"] for c in _read(client, start, kind="task.done")["changes"]] == ["task.done"]


@pytest.mark.django_db(transaction=True)
def test_warning_is_told_to_its_institution_and_its_bureaus() -> None:
    hospital, stranger = make.organisation(), make.organisation()
    bureau = make.organisation("bureau", region=hospital.region)
    warning = stages.warning(hospital)
    warning.measured = 5
    warning.save(update_fields=["measured"])
    warning.save(update_fields=["measured"])  # nothing differs: nothing is told
    for reader in (hospital, bureau):
        told = _read(_of(reader))["changes"]
        assert [(c["kind"], c["object_key"], c["version"]) for c in told] == [
            ("warning.opened", warning.warning_no, 1), ("warning.updated", warning.warning_no, 1),
        ]  # fmt: skip
        assert told[0]["api_url"] == f"/api/v1/warnings/{warning.warning_no}/"
    assert _read(_of(stranger))["changes"] == []


@pytest.mark.django_db(transaction=True)
def test_tasks_of_a_role_and_notices_to_a_person_are_theirs() -> None:
    mine = make.organisation()
    reviewer = make.person(mine, "reviewer")
    feed.change(mine, kind="task.opened", object_type="task", roles=["reviewer"], at=timezone.now())
    feed.change(mine, user_id=reviewer.pk, at=timezone.now())
    client = Client()
    client.force_login(reviewer)
    assert len(_read(client)["changes"]) == 2
    assert _read(_of(mine, "clerk"))["changes"] == []


@pytest.mark.django_db(transaction=True)
def test_slow_transaction_leaves_no_gap() -> None:
    """The first to begin commits last; a reader in between must not step over it."""
    mine = make.organisation()
    client = _of(mine)
    start = _read(client, "now")["next"]
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                _tell(mine, "slow")
                begun.set()
                go_on.wait(60)
        finally:
            connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    assert begun.wait(60)
    _tell(mine, "fast")
    between = _read(client, start)
    assert between["changes"] == []  # the fast one waits for its elder
    go_on.set()
    worker.join(60)
    after = _read(client, between["next"])
    keys = Change.objects.order_by("transaction_id", "id").values_list("pk", flat=True)
    assert [change["id"] for change in after["changes"]] == list(keys)
    assert len(after["changes"]) == 2


@pytest.mark.django_db(transaction=True)
def test_control_an_order_by_id_alone_would_step_over_it() -> None:
    """The twin: a cursor that goes by the row's id loses what commits late."""
    mine = make.organisation()
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                _tell(mine, "slow")
                begun.set()
                go_on.wait(60)
        finally:
            connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    assert begun.wait(60)
    _tell(mine, "fast")
    seen = list(Change.objects.order_by("id").values_list("pk", flat=True))
    go_on.set()
    worker.join(60)
    later = list(Change.objects.filter(pk__gt=seen[-1]).values_list("pk", flat=True))
    assert len(seen) + len(later) == 1  # of two


@pytest.mark.django_db(transaction=True)
def test_pages_are_followed_to_the_end() -> None:
    mine = make.organisation()
    for number in range(7):
        _tell(mine, f"n{number}")
    client, since, seen = _of(mine), "start", []
    for more in (True, True, True, False):
        page = _read(client, since, limit=2)
        assert page["more"] is more
        seen += [change["id"] for change in page["changes"]]
        since = page["next"]
    assert seen == list(
        Change.objects.order_by("transaction_id", "id").values_list("pk", flat=True)
    )


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_a_reader_lose_nothing() -> None:
    mine = make.organisation()
    client = _of(mine)
    since, seen = _read(client, "now")["next"], []

    def write(worker: int) -> None:
        try:
            for number in range(10):
                _tell(mine, f"{worker}-{number}")
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        page = _read(client, since)
        seen += [change["id"] for change in page["changes"]]
        since = page["next"]
    for writer in writers:
        writer.join()
    seen += [change["id"] for change in _read(client, since)["changes"]]
    assert sorted(seen) == sorted(Change.objects.values_list("pk", flat=True))
    assert len(seen) == 80


@pytest.mark.django_db(transaction=True)
def test_cursor_that_is_too_old_or_of_another_database_is_gone() -> None:
    client = _of(make.organisation())
    cursor = _read(client, "now")["next"]
    version, cluster, seconds, place, last = cursor.split("-")
    old = f"{int((timezone.now() - RETENTION - timedelta(minutes=1)).timestamp()):x}"
    moved = f"{int(cluster, 16) ^ 1:x}"
    for broken in (
        "-".join([version, cluster, old, place, last]),
        "-".join([version, moved, seconds, place, last]),
    ):
        answer = client.get(FEED, {"since": broken})
        assert answer.status_code == 410
        assert "since=now" in answer.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [{"since": "x"}, {"since": "c1-g-0-0-0"}, {"since": "c1-1-1-ffffffffffffffff-1"},
     {"limit": "0"}, {"limit": "1001"}, {"limit": "１"}, {"kind": "order.gone"}],
)  # fmt: skip
def test_bad_question_is_400(query: dict[str, str]) -> None:
    answer = _of(make.organisation()).get(FEED, query)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.django_db(transaction=True)
def test_token_is_told_only_of_what_it_may_read() -> None:
    hospital = make.organisation()
    stages.warning(hospital)
    _tell(hospital, "n")
    expected = {
        ("changes:read", "warnings:read"): ["warning.opened"],
        ("changes:read", "inbox:read"): ["notice.sent"],
        ("changes:read",): [],
    }
    for scopes, kinds in expected.items():
        _, secret = make.api_token(hospital, *scopes, roles=("clerk",))
        answer = Client().get(FEED, headers={"authorization": f"Token {secret}"})
        assert [change["kind"] for change in answer.json()["changes"]] == kinds
    _, secret = make.api_token(hospital, "warnings:read", roles=("clerk",))
    assert Client().get(FEED, headers={"authorization": f"Token {secret}"}).status_code == 403


@pytest.mark.django_db
def test_changes_are_forgotten_after_what_the_feed_promises() -> None:
    now = timezone.now()
    kept = feed.change(at=now - RETENTION - timedelta(days=1))
    feed.change(at=now - KEPT_FOR - timedelta(minutes=1))
    assert forget_changes(at=now) == 1
    assert list(Change.objects.all()) == [kept]
