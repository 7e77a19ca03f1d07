"""S-8: random tamperings by the tables' owner, each found; and nothing found where none was."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core.audit.checking import Finding, check_trail
from core.audit.heads import export_head, kept_heads
from core.audit.sealing import CANONICAL, seal_trail
from core.audit.seals import AuditSeal
from tests.factories import core as make

BLOCKS, EVENTS = 8, 6
COLUMNS = {
    "at": "at - interval '1 second'",
    "actor_id": "coalesce(actor_id, 0) + 1",
    "actor_name": "actor_name || '。'",
    "organisation_id": "coalesce(organisation_id, 0) + 1",
    "organisation_name": "organisation_name || '。'",
    "action": "action || 'x'",
    "outcome": "CASE outcome WHEN 'done' THEN 'refused' ELSE 'done' END",
    "object_type": "object_type || 'x'",
    "object_key": "object_key || '0'",
    "object_label": "object_label || '。'",
    "reason": "reason || '。'",
    "clause": "clause || '。'",
    "detail": """detail || '{"x": 1}'""",
    "request_id": "request_id || '0'",
    "ip": "coalesce(ip, '10.0.0.1'::inet) + 1",
}
Run = Callable[..., None]


def _one(run: Any, sql: str, *values: Any) -> Any:
    run.execute(sql, values)
    return run.fetchone()


def _event(run: Any, chance: random.Random) -> int:
    run.execute("SELECT unnest(event_ids) FROM core_auditseal ORDER BY 1")
    return int(chance.choice(run.fetchall())[0])


def edit(run: Any, chance: random.Random) -> None:
    column = chance.choice(sorted(COLUMNS))
    run.execute(
        f"UPDATE core_auditevent SET {column} = {COLUMNS[column]} WHERE id = %s",
        [_event(run, chance)],
    )


def delete(run: Any, chance: random.Random) -> None:
    run.execute("DELETE FROM core_auditevent WHERE id = %s", [_event(run, chance)])


def delete_and_tell_the_seal(run: Any, chance: random.Random) -> None:
    event = _event(run, chance)
    run.execute("DELETE FROM core_auditevent WHERE id = %s", [event])
    run.execute(
        "UPDATE core_auditseal SET event_ids = array_remove(event_ids, %s::bigint)", [event]
    )


def exchange(run: Any, chance: random.Random) -> None:
    """Two events trade places."""
    one = other = _event(run, chance)
    while other == one:
        other = _event(run, chance)
    for old, new in ((one, -1), (other, one), (-1, other)):
        run.execute("UPDATE core_auditevent SET id = %s WHERE id = %s", [new, old])


def reorder_blocks(run: Any, chance: random.Random) -> None:
    one, other = chance.sample(_seals(run), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        run.execute("UPDATE core_auditseal SET id = %s WHERE id = %s", [new, old])


def cut_the_end(run: Any, chance: random.Random) -> None:
    """The last blocks with their events, as if they had never been."""
    first = _seals(run)[-chance.randint(1, BLOCKS - 1)]
    run.execute(
        "DELETE FROM core_auditevent WHERE id IN"
        " (SELECT unnest(event_ids) FROM core_auditseal WHERE id >= %s)",
        [first],
    )
    run.execute("DELETE FROM core_auditseal WHERE id >= %s", [first])


def remove_a_block(run: Any, chance: random.Random) -> None:
    seal = chance.choice(_seals(run)[:-1])
    run.execute(
        "DELETE FROM core_auditevent WHERE id IN"
        " (SELECT unnest(event_ids) FROM core_auditseal WHERE id = %s)",
        [seal],
    )
    run.execute("DELETE FROM core_auditseal WHERE id = %s", [seal])


def insert_backdated(run: Any, chance: random.Random) -> None:
    """An event that pretends to be of an earlier day."""
    _copy(run, _event(run, chance), "now() - interval '3 days'")


def insert_into_a_block(run: Any, chance: random.Random) -> None:
    seal = chance.choice(_seals(run))
    event = _copy(run, _event(run, chance), "now()")
    run.execute(
        "UPDATE core_auditseal SET event_ids = event_ids || %s::bigint WHERE id = %s",
        [event, seal],
    )


def remake_the_chain(run: Any, chance: random.Random) -> None:
    """Edit, then give every block its right digest again; only what is kept outside tells."""
    edit(run, chance)
    previous = ""
    for seal in _seals(run):
        (digest,) = _one(
            run,
            f"SELECT encode(sha256(convert_to(%s || coalesce(string_agg({CANONICAL}, E'\\n'"
            " ORDER BY e.id), ''), 'UTF8')), 'hex') FROM core_auditevent e WHERE e.id = ANY("
            "(SELECT event_ids FROM core_auditseal WHERE id = %s)::bigint[])",
            previous,
            seal,
        )
        run.execute(
            "UPDATE core_auditseal SET previous_digest = %s, digest = %s WHERE id = %s",
            [previous, digest, seal],
        )
        previous = digest


KINDS = (
    edit, delete, delete_and_tell_the_seal, exchange, reorder_blocks, cut_the_end,
    remove_a_block, insert_backdated, insert_into_a_block, remake_the_chain,
)  # fmt: skip


def _seals(run: Any) -> list[int]:
    run.execute("SELECT id FROM core_auditseal ORDER BY id")
    return [row[0] for row in run.fetchall()]


def _copy(run: Any, event: int, at: str) -> int:
    names = ", ".join(column for column in COLUMNS if column != "at")
    (made,) = _one(
        run,
        f"INSERT INTO core_auditevent (at, {names})"
        f" SELECT {at}, {names} FROM core_auditevent WHERE id = %s RETURNING id",
        event,
    )
    return int(made)


@pytest.fixture
def sealed(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Blocks of real events, each with its head outside."""
    settings.AUDIT_HEAD_DIR = tmp_path
    now = timezone.now()
    for _ in range(BLOCKS):
        for number in range(EVENTS):
            make.audit_event(at=now, object_label=f"事项{number}", ip="10.0.0.9")
        seal_trail(at=now)
        export_head(at=now)
    yield
    connections["owner"].close()


def _tampered(kind: Run | None, chance: random.Random) -> list[Finding]:
    """What the check finds after this tampering, which is undone."""
    owner = connections["owner"]
    heads = kept_heads().heads
    with transaction.atomic(using="owner"), owner.cursor() as run:
        for table in ("core_auditevent", "core_auditseal"):
            run.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if kind is not None:
            kind(run, chance)
        found = check_trail(now=timezone.now(), heads=heads, using="owner")
        transaction.set_rollback(True, using="owner")
    return found


@pytest.mark.reliability
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_every_random_tampering_is_found(sealed: None, rounds: Callable[[int, int], int]) -> None:
    missed = []
    for number in range(rounds(60, 1000)):
        chance = random.Random(number)
        kind = KINDS[number % len(KINDS)]
        if not _tampered(kind, chance):
            missed.append(f"{kind.__name__} of seed {number}")
    assert missed == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_control_nothing_is_found_where_nothing_was_done(sealed: None) -> None:
    assert _tampered(None, random.Random(0)) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("kind", [cut_the_end, remake_the_chain])
def test_control_without_heads_these_would_pass(
    sealed: None, kind: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the copy outside is for."""
    monkeypatch.setattr("tests.core.audit.test_tampering.kept_heads", _nothing_kept)
    assert _tampered(kind, random.Random(5)) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_first_finding_names_the_block_and_its_events(sealed: None) -> None:
    seal = AuditSeal.objects.order_by("pk")[2]

    def third(run: Any, chance: random.Random) -> None:
        run.execute("UPDATE core_auditevent SET reason = '改' WHERE id = %s", [seal.event_ids[1]])

    found = _tampered(third, random.Random(0))
    where = f"事件 {seal.event_ids[0]} 至 {seal.event_ids[-1]}"
    assert found[0] == Finding(seal.pk, "摘要不符，事件内容被改动", where)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_late_insert_is_found_after_it_was_sealed_too(sealed: None) -> None:
    make.audit_event(at=timezone.now() - timedelta(days=3))
    seal_trail(at=timezone.now())
    found = check_trail(now=timezone.now())
    assert [finding.what for finding in found] == ["含有早于前一封存块一天以上的事件，系事后补入"]


def _nothing_kept() -> Any:
    from core.audit.heads import KeptHeads

    return KeptHeads((), ())
