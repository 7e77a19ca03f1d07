"""One act on many rows: frozen choice, exact numbers, row by row, a result that says why not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from core.jobs.models import Job
from core.jobs.run import run
from core.transitions import MissingInput, TransitionRefused
from inbox.models import BulkRun
from inbox.operations import bulk
from monitoring.models import Warning
from monitoring.operations.answer_warning import acknowledge_warning
from organisations.queries.bulk_acts import act_named
from tests.monitoring.warnings.cast import NOW, Cast, another, the_cast

pytestmark = pytest.mark.django_db
CHOOSE = "/bulk/warning-{}/"


@pytest.fixture
def cast() -> Cast:
    return the_cast()


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def chosen(client: Client, act: str, **data: object) -> BulkRun:
    answer = client.post(CHOOSE.format(act), data)
    assert answer.status_code == 302, answer.content.decode()
    return BulkRun.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def address(made: BulkRun) -> str:
    return f"/bulk/runs/{made.pk}/"


def test_nothing_is_written_before_the_confirmation(cast: Cast) -> None:
    made = chosen(signed_in(cast.clerk), "acknowledge", ids=[cast.warning.pk])
    cast.warning.refresh_from_db()
    assert (made.state, cast.warning.state) == ("chosen", "open")


def test_result_says_of_each_row_what_came_of_it(cast: Cast) -> None:
    done_before = another(cast.hospital, state="closed")
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[cast.warning.pk, done_before.pk])
    page = client.get(address(made)).content.decode()
    assert "所选共 2 件，其中 <strong>1</strong> 件现在可以办理" in page
    client.post(address(made))
    made.refresh_from_db()
    cast.warning.refresh_from_db()
    assert cast.warning.state == "acknowledged"
    assert [result["ok"] for result in made.results] == [True, False]
    assert "当前状态为“已办结”" in made.results[1]["reason"]
    page = client.get(address(made)).content.decode()
    assert "办成 1 件" in page and "未办 1 件" in page
    # What was not done is a result, no refusal of the page's own.
    assert "没有办理，没有写入任何数据" not in page


def test_confirming_twice_does_it_once(cast: Cast) -> None:
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[cast.warning.pk])
    assert client.post(address(made)).status_code == 302
    answer = client.post(address(made))
    assert answer.status_code == 409
    assert "不能重复办理" in answer.content.decode()
    assert cast.warning.steps.filter(verb="acknowledge").count() == 1


def test_rows_of_others_cannot_be_chosen(cast: Cast) -> None:
    foreign = another(cast.neighbour.organisation)
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[foreign.pk, cast.warning.pk])
    assert [key for key, _ in made.items] == [cast.warning.pk]
    assert client.post(CHOOSE.format("acknowledge"), {"ids": [foreign.pk]}).status_code == 400
    assert signed_in(cast.county).post(CHOOSE.format("acknowledge")).status_code == 404


def test_row_that_changed_after_the_choice_is_refused(cast: Cast) -> None:
    Warning.objects.filter(pk=cast.warning.pk).update(state="explained", explanation="旧的说明")
    client = signed_in(cast.county)
    made = chosen(client, "close", ids=[cast.warning.pk])
    Warning.objects.filter(pk=cast.warning.pk).update(row_version=cast.warning.row_version + 1)
    client.post(address(made), {"closing_note": "属实"})
    made.refresh_from_db()
    cast.warning.refresh_from_db()
    assert cast.warning.state == "explained"
    assert "请刷新后再办理" in made.results[0]["reason"]


def test_opinion_is_asked_for_and_written_to_each(cast: Cast) -> None:
    rows = [another(cast.hospital, state="explained", explanation="已整改") for _ in range(3)]
    client = signed_in(cast.county)
    made = chosen(client, "close", ids=[row.pk for row in rows])
    assert client.post(address(made), {"closing_note": ""}).status_code == 400
    client.post(address(made), {"closing_note": "属实，同意办结"})
    notes = Warning.objects.filter(pk__in=[row.pk for row in rows], state="closed")
    assert set(notes.values_list("closing_note", flat=True)) == {"属实，同意办结"}
    assert notes.count() == 3


def test_all_filtered_takes_the_filter_and_not_more(cast: Cast) -> None:
    red = another(cast.hospital, severity="red")
    made = chosen(signed_in(cast.clerk), "acknowledge", all="1", query="severity=red")
    assert [key for key, _ in made.items] == [red.pk]


def test_broken_filter_chooses_nothing(cast: Cast) -> None:
    answer = signed_in(cast.clerk).post(
        CHOOSE.format("acknowledge"), {"all": "1", "query": "month=2026-13"}
    )
    assert answer.status_code == 400
    assert not BulkRun.objects.exists()


def test_too_many_are_told_and_not_cut_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    another(cast.hospital)
    monkeypatch.setattr(bulk, "MOST_ROWS", 1)
    act = act_named("warning-acknowledge")
    assert act is not None
    keys = list(Warning.objects.values_list("pk", flat=True))
    with pytest.raises(MissingInput, match="一次最多办理 1 件"):
        bulk.choose_rows(
            act=act, keys=keys, scope=cast.scope(cast.clerk), by=cast.clerk, at=NOW, back="/"
        )


def test_many_are_a_job_whose_result_is_the_same_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = another(cast.hospital, state="closed")
    monkeypatch.setattr(bulk, "DIRECT_ROWS", 1)
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[cast.warning.pk, other.pk])
    client.post(address(made))
    made.refresh_from_db()
    job = Job.objects.get(pk=made.job_id)
    assert (made.state, job.state) == ("running", "queued")
    page = client.get(address(made)).content.decode()
    assert "正在逐条办理" in page and "0 / 2" in page and f"/jobs/{job.pk}/panel/" in page
    ended = run(job.pk)
    assert ended is not None
    assert (ended.state, ended.result) == ("done", {"done": 1, "refused": 1})
    made.refresh_from_db()
    assert [result["ok"] for result in made.results] == [True, False]
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert address(made) in page
    assert "办成 1，未办 1" in page


def test_cancelled_job_leaves_the_choice_to_be_confirmed_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "DIRECT_ROWS", 0)
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[cast.warning.pk])
    client.post(address(made))
    made.refresh_from_db()
    assert client.post(f"/jobs/{made.job_id}/cancel/").status_code == 302
    assert "上次没有办理" in client.get(address(made)).content.decode()
    monkeypatch.setattr(bulk, "DIRECT_ROWS", 50)
    client.post(address(made))
    cast.warning.refresh_from_db()
    assert cast.warning.state == "acknowledged"


def test_person_switched_off_meanwhile_does_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "DIRECT_ROWS", 0)
    client = signed_in(cast.clerk)
    made = chosen(client, "acknowledge", ids=[cast.warning.pk])
    client.post(address(made))
    made.refresh_from_db()
    cast.clerk.is_active = False
    cast.clerk.save(update_fields=["is_active"])
    assert made.job_id is not None
    ended = run(made.job_id)
    assert ended is not None
    assert ended.state == "refused"
    cast.warning.refresh_from_db()
    assert cast.warning.state == "open"


def test_one_by_one_and_in_bulk_write_the_same(cast: Cast) -> None:
    twin = another(cast.hospital)
    acknowledge_warning(
        warning=cast.warning, by=cast.clerk, scope=cast.scope(cast.clerk), at=timezone.now()
    )
    client = signed_in(cast.clerk)
    client.post(address(chosen(client, "acknowledge", ids=[twin.pk])))
    told = ("verb", "from_state", "to_state", "by_name", "organisation_name", "text")
    assert list(twin.steps.values(*told)) == list(cast.warning.steps.values(*told))


def test_unknown_state_is_not_confirmed(cast: Cast) -> None:
    made = chosen(signed_in(cast.clerk), "acknowledge", ids=[cast.warning.pk])
    BulkRun.objects.filter(pk=made.pk).update(state="running")
    with pytest.raises(TransitionRefused):
        bulk.confirm_run(run=made, values={}, scope=cast.scope(cast.clerk), by=cast.clerk, at=NOW)
