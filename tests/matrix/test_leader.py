"""Hospital A's leader (院长、书记): the steps of 报 and 采 where a leader differs from clerk and reviewer.

An actor of its own in all thousand rows would cost every row a request; here it asks the rows that
concern it, in the same world, and is gone afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import organisations as make
from tests.matrix.canaries import met, text_of
from tests.matrix.table import address, ask, load_table
from tests.matrix.test_existence import _key_argument, _missing_key, _same
from tests.matrix.world import World
from volumes.models import ReportTask, VolumeReport
from volumes.queries.figures import figures_digest

TABLE = {row.label: row for row in load_table()}
STEP, WORDS = {"version": "1"}, {"version": "1", "opinion": "请核对"}
# Label of the row, what is sent in its place, status. The report is before its leader, unsigned.
ASKED: list[tuple[str, dict[str, Any] | None, int]] = [
    ("volume-report GET", None, 200),
    ("volume-report POST", None, 403),
    ("volume-report-act POST", None, 403),
    ("volume-report-act POST submit", STEP, 302),
    ("volume-report-act POST hand_back", WORDS, 302),
    ("volume-report-act POST withdraw", STEP, 409),
    ("volume-report-extend POST", None, 403),
    ("volume-report-letter-sign POST", None, 400),
    ("volume-report-letter-sign-electronically POST", None, 409),
    ("volume-report-upload GET", None, 403),
    ("member-sheet POST", None, 403),
    ("member-sheet-act POST", None, 409),
    ("api-report-figures POST", None, 403),
    ("api-report-hand-in POST", None, 403),
    ("api-report-hand-back POST", None, 200),
    ("api-report-submit POST", None, 200),
    ("api-report-withdraw POST", None, 409),
    ("api-report-letter-sign-electronically POST", None, 409),
    ("agreed-choice POST", None, 302),
    ("entry-check-explain POST", None, 302),
    ("agreement-act POST", {"version": "1", "digest": "0" * 64, "agreed": "on"}, 409),
    ("agreement-act POST #terminate", None, 403),
    ("agreement-change POST", None, 302),
    ("agreement-generate POST", None, 403),
    ("power-new POST", None, 400),
    ("power-revoke POST", None, 302),
    ("disposal GET", None, 200),
    ("disposal-close POST", None, 403),
]


@pytest.fixture
def led(world: World) -> Iterator[World]:
    """The world with A's leader signed in and A's report before the leader; undone afterwards."""
    with transaction.atomic():
        user = make.person(world.places.a, "leader", username="a-leader")
        client = Client()
        client.force_login(user)
        world.cast.cookies["a_leader"] = {k: v.value for k, v in client.cookies.items()}
        report = VolumeReport.objects.get(report_no=world.keys["rp_a"])
        ReportTask.objects.filter(pk=report.task_id).update(letter_required=False)
        for state in ("hospital_review", "leader_review"):
            VolumeReport.objects.filter(pk=report.pk).update(
                state=state, figures_digest=figures_digest(report)
            )
        yield world
        del world.cast.cookies["a_leader"]
        transaction.set_rollback(True)


@pytest.mark.parametrize(("label", "data", "status"), ASKED, ids=[each[0] for each in ASKED])
def test_a_leader(label: str, data: dict[str, Any] | None, status: int, led: World) -> None:
    known = label if label in TABLE else label.rpartition(" ")[0]
    row = TABLE[known]
    if known != label:
        row = replace(row, args=row.args | {"verb": label.rpartition(" ")[2]})
    if data is not None:
        row = replace(row, data=data)
    answer = ask(row, led, "a_leader")
    assert answer.status_code == status
    told = met(text_of(answer), led.seeded.canaries)
    assert [each.name for each in told if "a_reviewer" not in each.seen_by] == []
    # Others' things are as absent for a leader as for everybody.
    if row.foreign:
        argument = _key_argument(row, led)
        missing = _same(
            ask(row, led, "a_leader", address(row, led, **{argument: _missing_key(row)}))
        )
        assert missing[0] == 404
        for key in row.foreign:
            theirs = ask(row, led, "a_leader", address(row, led, **{argument: key}))
            assert _same(theirs) == missing


def test_a_leader_differs_from_the_reviewer() -> None:
    """The control: were the leader taken for a reviewer, these rows would tell."""
    differs = {
        label for label, data, status in ASKED
        if label in TABLE and data is None and TABLE[label].status["a_reviewer"] != status
    }  # fmt: skip
    assert {"api-report-submit POST", "api-report-letter-sign-electronically POST"} <= differs
