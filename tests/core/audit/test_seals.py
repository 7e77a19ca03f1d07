"""The seals of the trail: every change of what was sealed is found, nothing else is reported."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from core.audit.checking import check_trail
from core.audit.models import AuditEvent
from core.audit.sealing import seal_trail
from core.audit.seals import AuditSeal
from tests.factories import core as make
from tests.factories import organisations as people

NOW = datetime(2026, 11, 22, 4, tzinfo=people.LONG_AGO.tzinfo)


def _said() -> list[str]:
    return [finding.what for finding in check_trail(now=timezone.now())]


def _sealed_blocks(blocks: int = 3, events: int = 4) -> None:
    for _ in range(blocks):
        for number in range(events):
            make.audit_event(
                at=NOW, object_label=f"事项{number}", detail={"a": [number, None, "甲"]}
            )
        seal_trail(at=NOW)


@pytest.mark.django_db
def test_untouched_trail_passes_and_is_sealed_once() -> None:
    _sealed_blocks()
    assert seal_trail(at=NOW) is None
    assert _said() == []
    sealed = [pk for seal in AuditSeal.objects.all() for pk in seal.event_ids]
    assert sorted(sealed) == sorted(AuditEvent.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_event_left_out_by_the_sealer_is_reported_after_ten_minutes() -> None:
    # What migrating wrote is as old as the template of the test databases.
    seal_trail(at=NOW)
    event = make.audit_event(at=timezone.now() - timedelta(minutes=11))
    make.audit_event(at=timezone.now() - timedelta(minutes=9))
    assert _said() == [f"事件超过 10 分钟未封存，编号 {event.pk}"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditseal SET digest = 'x'", "DELETE FROM core_auditseal"]
)
def test_application_may_not_change_seals(statement: str) -> None:
    _sealed_blocks(1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def _own_heads(settings: object, tmp_path: Path) -> None:
    settings.AUDIT_HEAD_DIR = tmp_path / "heads"  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_auditor_checks_and_the_check_is_in_the_trail() -> None:
    _sealed_blocks(1)
    auditor = people.administrator("auditor")
    client = Client()
    client.force_login(auditor)
    page = client.post("/platform/audit/integrity/").content.decode()
    assert "核对通过" in page
    gone = client.post("/platform/audit/integrity/", {"head": "0" * 64}).content.decode()
    assert "末尾的封存块被截去" in gone
    assert client.post("/platform/audit/integrity/", {"head": "x"}).status_code == 400
    told = AuditEvent.objects.filter(action="audit.check_integrity").order_by("pk")
    assert [len(event.detail["findings"]) for event in told] == [0, 1]


def _owner() -> psycopg2.extensions.connection:
    """The owner of the tables, who can take the wall down."""
    at = settings.DATABASES["owner"]
    return psycopg2.connect(
        dbname=at["NAME"], user=at["USER"], password=at["PASSWORD"], host=at["HOST"],
        port=at["PORT"] or None,
    )  # fmt: skip


def _tamper(statement: str, *values: object) -> None:
    with _owner() as owner, owner.cursor() as cursor:
        for table in ("core_auditevent", "core_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in ("core_auditevent", "core_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    owner.close()


@pytest.mark.django_db(transaction=True)
def test_every_tampering_is_found() -> None:
    """S-8: edits, deletions and swaps of random sealed events, each put back afterwards."""
    _sealed_blocks(4, 5)
    chance = random.Random(8)
    ids = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    columns = {
        "actor_name": "别人", "action": "x.y", "outcome": "refused", "object_key": "9",
        "object_label": "别的", "reason": "无", "clause": "乙", "request_id": "r",
        "organisation_name": "别处", "detail": '{"a": [0, null, "乙"]}', "ip": "10.9.9.9",
        "at": "2020-01-01T00:00:00Z", "actor_id": "77", "organisation_id": "78", "object_type": "z",
    }  # fmt: skip
    assert _said() == []
    for column, other in columns.items():
        pk = chance.choice(ids)
        before = AuditEvent.objects.filter(pk=pk).values_list(column, flat=True).get()
        _tamper(f"UPDATE core_auditevent SET {column} = %s WHERE id = %s", other, pk)
        assert _said() == ["摘要不符，事件内容被改动"], column
        kept = json.dumps(before) if column == "detail" else before
        _tamper(f"UPDATE core_auditevent SET {column} = %s WHERE id = %s", kept, pk)
        assert _said() == [], column


@pytest.mark.django_db(transaction=True)
def test_removed_event_removed_block_and_cut_end_are_found() -> None:
    _sealed_blocks(3, 3)
    first, second, third = AuditSeal.objects.order_by("pk")
    _tamper("DELETE FROM core_auditseal WHERE id = %s", third.pk)
    assert check_trail(now=NOW, known_head=third.digest)[-1].what.endswith("被截去")
    _tamper("DELETE FROM core_auditseal WHERE id = %s", first.pk)
    assert "与前一封存块不相接，有封存块被删除或改动" in _said()
    _tamper("DELETE FROM core_auditevent WHERE id = %s", second.event_ids[0])
    assert "缺少 1 条事件，已被删除" in _said()
