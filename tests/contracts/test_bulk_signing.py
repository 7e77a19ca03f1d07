"""Hundreds signed as one act: each by itself, none twice, whatever happens to the worker."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from contracts.models import Agreement, AgreementSignature
from contracts.operations import bulk as acts
from contracts.operations.agreements.sign import sign_many
from core.audit.models import AuditEvent
from core.jobs.kinds import JobCancelled
from core.jobs.models import Job
from core.jobs.run import CANCELLED_STEPS, run
from inbox.models import BulkRun, Task
from inbox.operations.bulk import confirm_run
from inbox.operations.bulk_steps import FAULT, KILLED_TWICE, do_steps
from tests.contracts.test_agreements import certify, generate, relate, rows, sign
from tests.contracts.world import Trade
from tests.jobs.forked import let_lease_end
from tests.jobs.waiting import until

NUMBER = 12


def many() -> tuple[Trade, BulkRun]:
    """Twelve agreements chosen by the manufacturer's leader; one of them moves on afterwards."""
    trade = Trade("jiangxi-2026")
    relate(trade, trade.d1, trade.product)
    certify(trade, trade.maker, trade.d1)
    hospitals = [trade.hospital(f"医院{number}") for number in range(NUMBER)]
    generate(trade, rows(trade, *hospitals)[::2])
    keys = [row.key for row in Agreement.objects.order_by("pk")]
    made = sign_many(keys=keys, **trade.acting(trade.maker))
    assert (made.state, len(made.items)) == ("running", NUMBER)
    sign(trade, Agreement.objects.order_by("-pk")[0], trade.d1)
    return trade, made


def test_the_next_worker_goes_on_behind_a_killed_one(fresh_database: str) -> None:
    trade, made = many()
    assert made.job_id is not None
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            run(made.job_id)
        finally:
            os._exit(0)
    until(lambda: len(BulkRun.objects.get(pk=made.pk).results) >= 3, "three signed")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    # The server rolls back what the dead one had begun; then its lock is free.
    time.sleep(0.2)
    before = BulkRun.objects.get(pk=made.pk).results
    assert 3 <= len(before) < NUMBER
    assert AgreementSignature.objects.count() == len(before) + 1
    let_lease_end(made.job_id)
    ended = run(made.job_id)
    assert ended is not None
    made.refresh_from_db()
    assert (ended.state, ended.attempts, made.state) == ("done", 2, "done")
    assert made.results[: len(before)] == before
    # The row in which the worker died came last; the one that another has moved on is refused.
    [refused] = [each for each in made.results if not each["ok"]]
    assert refused["key"] == Agreement.objects.order_by("-pk")[0].pk
    assert "更新为“部分签署”，请刷新后再办理" in refused["reason"]
    assert {each["key"] for each in made.results} == {key for key, _ in made.items}
    assert AgreementSignature.objects.filter(party="manufacturer").count() == NUMBER - 1
    signed = AuditEvent.objects.filter(action="document.sign", organisation_id=trade.maker.pk)
    assert signed.count() == NUMBER - 1
    # One is left: the act stays open. The others' hospitals still have theirs.
    open_ones = Task.objects.filter(act="sign_agreements", done_at=None)
    assert trade.maker.pk in set(open_ones.values_list("organisation_id", flat=True))


@pytest.mark.django_db
def test_a_mistake_of_ours_in_one_row_and_a_stop_leave_the_rest(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    trade, made = many()
    real: Any = acts.sign_agreement
    broken = made.items[1][0]

    def failing(**given: Any) -> Agreement:
        if given["agreement"].pk == broken:
            raise ValueError("a mistake")
        row: Agreement = real(**given)
        return row

    monkeypatch.setattr(acts, "sign_agreement", failing)
    acting = trade.acting(trade.maker)

    def stop_after_four(done: int) -> None:
        if done == 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        do_steps(run_id=made.pk, tell=stop_after_four, **acting)
    made.refresh_from_db()
    assert [each["ok"] for each in made.results] == [True, False, True, True]
    assert made.results[1]["reason"] == FAULT
    assert AgreementSignature.objects.filter(party="manufacturer").count() == 3
    assert made.job_id is not None
    Job.objects.filter(pk=made.job_id).update(state="cancelled", problem=CANCELLED_STEPS)
    client.force_login(trade.user(trade.maker))
    page = client.get(f"/bulk/runs/{made.pk}/").content.decode()
    assert "上次没有办完" in page and "上次已办成 3 份，未办 1 份" in page
    made = confirm_run(run=made, values={}, **acting)
    assert (made.state, len(made.results)) == ("done", NUMBER)
    assert sum(each["ok"] for each in made.results) == NUMBER - 2
    assert AgreementSignature.objects.filter(party="manufacturer").count() == NUMBER - 2


def test_a_row_that_kills_its_worker_is_tried_last_and_not_a_third_time(
    fresh_database: str, client: Client
) -> None:
    trade, made = many()
    assert made.job_id is not None
    killer = made.items[2][0]
    real: Any = acts.sign_agreement

    def deadly(**given: Any) -> Agreement:
        if given["agreement"].pk == killer:
            os.kill(os.getpid(), signal.SIGKILL)
        row: Agreement = real(**given)
        return row

    def work() -> None:
        connections.close_all()
        child = os.fork()
        if child == 0:
            acts.sign_agreement = deadly  # type: ignore[assignment]
            try:
                run(made.job_id)  # type: ignore[arg-type]
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        time.sleep(0.2)
        made.refresh_from_db()

    work()
    assert (len(made.results), made.begun_key, made.suspects) == (2, killer, [])
    let_lease_end(made.job_id)
    work()
    # All the others are done; only the one that kills is left, begun a second time.
    assert (len(made.results), made.begun_key, made.suspects) == (NUMBER - 1, killer, [killer])
    assert made.items[-1][0] == killer
    client.force_login(trade.user(trade.maker))
    Job.objects.filter(pk=made.job_id).update(state="cancelled", problem=CANCELLED_STEPS)
    page = client.get(f"/bulk/runs/{made.pk}/").content.decode()
    assert "1 份时执行程序意外中断过，已排到最后再试" in page
    # Who goes on by hand waits for a job too: one row is left, and it is not tried in the browser.
    made = confirm_run(run=made, values={}, **trade.acting(trade.maker))
    assert made.state == "running"
    work()
    assert (made.state, made.results[-1]["reason"]) == ("done", KILLED_TWICE)
    assert AgreementSignature.objects.filter(party="manufacturer").count() == NUMBER - 2
    page = client.get(f"/bulk/runs/{made.pk}/").content.decode()
    assert "执行程序两次意外中断，没有写入" in page
