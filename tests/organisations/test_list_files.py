"""A list's file: the filtered rows, every column; a large one as a job whose file lasts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.jobs.models import Job
from core.jobs.run import run
from core.lists import keyset
from monitoring.models import Warning
from organisations.views import filtered, list_export
from tests.monitoring.warnings.cast import Cast, another, the_cast

pytestmark = pytest.mark.django_db
LIST, EXPORT = "/monitoring/warnings/", "/monitoring/warnings/export/"


@pytest.fixture
def cast() -> Cast:
    cast = the_cast(severity="red")
    for severity in ("yellow", "red", "orange"):
        another(cast.hospital, severity=severity)
    return cast


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.clerk)
    return client


def cells(answer: Any) -> list[tuple[Any, ...]]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(load_workbook(io.BytesIO(body)).active.values)


def test_file_has_exactly_the_filtered_rows_and_every_column(clerk: Client) -> None:
    rows = cells(clerk.get(EXPORT + "?severity=red"))
    assert {row[0] for row in rows[1:]} == {"红色"}
    assert len(rows) == 3
    assert "核实意见" in rows[0]


def test_condition_that_is_not_understood_gives_no_file(clerk: Client) -> None:
    assert clerk.get(EXPORT + "?severity=purple").status_code == 400


def test_large_list_becomes_a_job_and_its_file_is_the_same(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = cells(clerk.get(EXPORT + "?severity=red"))
    monkeypatch.setattr(list_export, "DIRECT_ROWS", 1)
    monkeypatch.setattr(filtered, "CHUNK", 1)
    asked = clerk.get(EXPORT + "?severity=red")
    assert "共 2 行，将在后台生成" in asked.content.decode()
    answer = clerk.post("/exports/", {"path": EXPORT, "query": "severity=red"})
    job = Job.objects.get(kind="export_list")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert clerk.get("/jobs/").content.decode().count("导出预警") >= 1
    assert clerk.get(f"/exports/{job.pk}/").status_code == 404
    ended = run(job.pk)
    assert ended is not None
    assert (ended.state, ended.result["row_count"]) == ("done", 2)
    assert cells(clerk.get(f"/exports/{job.pk}/")) == small
    assert f"/exports/{job.pk}/" in clerk.get(f"/jobs/{job.pk}/").content.decode()


def test_file_is_its_askers_while_in_the_organisation(cast: Cast, clerk: Client) -> None:
    clerk.post("/exports/", {"path": EXPORT, "query": ""})
    job = Job.objects.get(kind="export_list")
    run(job.pk)
    colleague = Client()
    colleague.force_login(cast.county)
    assert colleague.get(f"/exports/{job.pk}/").status_code == 404
    cast.clerk.organisation = cast.neighbour.organisation
    cast.clerk.save(update_fields=["organisation"])
    assert clerk.get(f"/exports/{job.pk}/").status_code == 404


def test_job_takes_the_rights_of_the_hour_in_which_it_runs(cast: Cast, clerk: Client) -> None:
    clerk.post("/exports/", {"path": EXPORT, "query": ""})
    cast.clerk.is_active = False
    cast.clerk.save(update_fields=["is_active"])
    ended = run(Job.objects.get(kind="export_list").pk)
    assert ended is not None
    assert (ended.state, ended.result) == ("refused", {})


def test_walk_by_key_gives_every_row_once(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtered.FilteredListView, "paginate_by", 1)
    found, url = [], LIST
    while url:
        context = clerk.get(url).context
        found += [row.warning.pk for row in context["rows"]]
        url = f"{LIST}{context['older_url']}" if context["older_url"] else ""
    assert sorted(found) == sorted(Warning.objects.values_list("pk", flat=True))
    assert len(found) == 4


def test_other_sorts_unlock_when_few_rows_are_left(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = clerk.get(LIST + "?sort=due").context
    assert few.get("by_key", False) is False
    monkeypatch.setattr(keyset.capped_count, "__defaults__", (1,))
    many = clerk.get(LIST + "?sort=due")
    assert many.context["by_key"] is True
    page = many.content.decode()
    assert "筛选后才能按此列排序" in page
    assert "有条件没有生效" in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("columns=rule&columns=gone", "列：这个列表没有“gone”"),
        ("sort=gone", "排序：这个列表不能按“gone”排序"),
        ("sort=--due", "排序：这个列表不能按“--due”排序"),
    ],
)
def test_address_of_an_old_view_says_what_of_it_no_longer_holds(
    clerk: Client, query: str, told: str
) -> None:
    """The rows are the reader's own, as without what was not understood."""
    answer = clerk.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert answer.context["total"] == clerk.get(f"{LIST}?all=1").context["total"]


def test_search_by_initials_narrows_the_list(cast: Cast, clerk: Client) -> None:
    cast.hospital.initials = "jyy"
    cast.hospital.save(update_fields=["initials"])
    assert len(clerk.get(LIST + "?q=jyy").context["rows"]) == 4
    assert len(clerk.get(LIST + "?q=zzz").context["rows"]) == 0
