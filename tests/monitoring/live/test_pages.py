"""The running month on pages and in the API: by default, with its cut, opening to lines that sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from monitoring.models import LiveMonth, LiveValue
from monitoring.operations.live.keep_current import keep_current
from monitoring.queries import live
from monitoring.queries.figure_lines import figure_lines
from organisations.models import Organisation, Region
from tests.databases.sample import SampleOf
from tests.factories import organisations as make
from tests.monitoring.indicators.provinces import TESTER
from tests.monitoring.pages.conftest import FEBRUARY, HOSPITAL, MARCH

CUT = datetime(2026, 3, 18, 2, 30, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def officer(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    """An officer of the province on 18 March; February is computed, March runs."""
    with django_db_blocker.unblock(), sample_of(FEBRUARY), transaction.atomic():
        assert keep_current(by=TESTER, at=CUT).did == "rebuilt"
        region = Region.objects.get(code="360000")
        bureau = Organisation.objects.filter(kind="bureau", region=region).first()
        client = Client()
        client.force_login(
            make.person(bureau or make.organisation("bureau", region=region), "clerk")
        )
        yield client
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.timezone, "now", lambda: CUT + timedelta(seconds=20))


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dashboard_opens_on_the_running_month_and_says_its_cut(officer: Client) -> None:
    page = read(officer, "/monitoring/province/360000/")
    assert "本月（实时）" in page
    assert "10:30:15" in page
    assert "已停止更新" not in page
    assert 'hx-trigger="every 30s"' in page
    assert "26-03*" in page
    paused = read(officer, "/monitoring/province/360000/?paused=1")
    assert 'hx-trigger="every 30s"' not in paused
    assert "恢复自动更新" in paused


def test_figures_that_nobody_updates_are_called_so(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LiveMonth.objects.filter(month=MARCH).update(folded_at=CUT) == 1
    monkeypatch.setattr(live.timezone, "now", lambda: CUT + timedelta(seconds=61))
    assert "已停止更新" in read(officer, "/monitoring/province/360000/")


def test_an_ended_month_stays_as_it_was_computed(officer: Client) -> None:
    page = read(officer, "/monitoring/province/360000/?month=2026-02")
    assert "计算于" in page
    assert "本月（实时）" not in page


@pytest.mark.parametrize(
    "indicator",
    ["completion_rate", "non_selected_share", "response_rate", "fulfilment_rate",
     "receipt_overdue_rate", "abnormal_order_rate"],
)  # fmt: skip
def test_live_figures_are_the_sum_of_their_lines(officer: Client, indicator: str) -> None:
    """As of the cut: what comes later, or falls due later, is in neither."""
    rows = LiveValue.objects.filter(indicator=indicator, denominator__gt=0)
    row = rows.order_by("-denominator").first()
    assert row is not None
    lines = figure_lines(row, limit=10_000)  # type: ignore[arg-type]  # the same columns
    assert lines.sums_to(row)  # type: ignore[arg-type]
    assert all(line.at < CUT for line in lines.lines if line.at)


def test_a_live_figure_opens_from_its_list(officer: Client) -> None:
    page = read(officer, f"/monitoring/indicators/signing_rate/?subject_code={HOSPITAL}")
    assert "本月（实时）" in page
    address = f"/monitoring/figures/2026-03/signing_rate/ytd/institution/{HOSPITAL}/"
    row = LiveValue.objects.filter(indicator="signing_rate", subject_code=HOSPITAL).first()
    assert row is not None
    page = read(officer, f"{address}?batch={row.batch_code}&year={row.year_no}")
    assert "实时，截至 10:30:15" in page


def test_the_api_gives_the_same_with_the_cut(officer: Client) -> None:
    answer = officer.get("/api/v1/indicator-values/", {"indicator": "signing_rate"}).json()
    assert {one["month"] for one in answer["results"]} == {"2026-03"}
    assert {one["cut"] for one in answer["results"]} == {"2026-03-18T10:30:15+08:00"}
    before = officer.get("/api/v1/indicator-values/", {"month": "2026-02", "page_size": 1}).json()
    assert before["results"][0]["cut"] is None


def test_payment_falls_due_with_the_month(officer: Client) -> None:
    assert not LiveValue.objects.filter(indicator="payment_on_time_rate").exists()
    assert "本月应付款月末到期" in read(officer, "/monitoring/province/360000/")
