"""What dashboards show equals the stored figures, and is never a mean of ratios."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from monitoring.models import IndicatorValue, Warning
from monitoring.states import OPEN_STATES
from tests.monitoring.pages.conftest import FEBRUARY, HOSPITAL, MARCH, Reader

PLANS = {
    "约定采购完成率": ("completion_amount_rate", "ytd"),
    "完成率（封顶）": ("completion_capped_rate", "ytd"),
    "低于序时进度产品占比": ("behind_schedule_rate", "ytd"),
    "集采金额占比": ("selected_amount_share", "ytd"),
    "协议签订率": ("signing_rate", "ytd"),
    "订单响应率": ("response_rate", "month"),
    "配送及时率": ("on_time_rate", "month"),
    "供应配送率": ("fulfilment_rate", "month"),
    "未及时收货率": ("receipt_overdue_rate", "month"),
    "货款按时结清率": ("payment_on_time_rate", "month"),
    "诉求按时解决率": ("resolve_on_time_rate", "month"),
}
SUBJECTS = [
    ("province", "360000", "/monitoring/province/360000/"),
    ("city", "360100", "/monitoring/city/360100/"),
    ("institution", HOSPITAL, f"/monitoring/institution/{HOSPITAL}/"),
]


def stored(indicator: str, window: str, kind: str, code: str, **more: Any) -> list[IndicatorValue]:
    """Rows of the subject; of a batch with two years in the month those of the later year."""
    rows = IndicatorValue.objects.filter(
        indicator=indicator,
        window=window,
        subject_type=kind,
        subject_code=code,
        **{"month": MARCH, "category__in": ["", "all"], **more},
    )
    newest: dict[str, int] = defaultdict(int)
    for row in rows:
        newest[row.batch_code] = max(newest[row.batch_code], row.year_no or 0)
    return [row for row in rows if (row.year_no or 0) == newest[row.batch_code]]


def percent(rows: list[IndicatorValue]) -> str:
    numerator = sum((row.numerator for row in rows), Decimal(0))
    denominator = sum((row.denominator for row in rows), Decimal(0))
    if not denominator:
        return "—"
    share = numerator * 100 / denominator
    return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP):,f}"


@pytest.mark.parametrize(("kind", "code", "url"), SUBJECTS)
def test_cards_are_the_stored_figures(reader: Reader, kind: str, code: str, url: str) -> None:
    page = reader("province").get(url, {"month": "2026-03"})
    shown = {card["label"]: card["value"] for card in page.context["cards"]}
    checked = {label: percent(stored(*PLANS[label], kind, code)) for label in shown.keys() & PLANS}
    assert {label: shown[label] for label in checked} == checked
    assert len(checked) == (7 if kind == "institution" else 11)


def test_cards_of_one_batch_are_that_batch(reader: Reader) -> None:
    page = reader("province").get("/monitoring/province/360000/", {"batch": "JX-YP-2026-1"})
    shown = {card["label"]: card["value"] for card in page.context["cards"]}
    for label in ("约定采购完成率", "低于序时进度产品占比", "协议签订率"):
        rows = stored(*PLANS[label], "province", "360000", batch_code="JX-YP-2026-1")
        assert len(rows) == 1
        assert shown[label] == percent(rows)


def test_category_chooses_batches_and_amounts(reader: Reader) -> None:
    page = reader("province").get("/monitoring/province/360000/", {"category": "consumable"})
    shown = {card["label"]: card["value"] for card in page.context["cards"]}
    amounts = IndicatorValue.objects.filter(
        month=MARCH, indicator="selected_amount_share", window="ytd", subject_type="province",
        category="consumable",
    )  # fmt: skip
    assert shown["集采金额占比"] == percent(list(amounts))
    rows = [r for r in stored(*PLANS["协议签订率"], "province", "360000") if "-HC-" in r.batch_code]
    assert shown["协议签订率"] == percent(rows)


def test_change_is_to_the_month_before_in_points(reader: Reader) -> None:
    page = reader("province").get("/monitoring/province/360000/", {"month": "2026-03"})
    card = next(card for card in page.context["cards"] if card["label"] == "订单响应率")
    now, before = (
        IndicatorValue.objects.get(indicator="response_rate", subject_type="province", month=month)
        for month in (MARCH, FEBRUARY)
    )
    points = (now.numerator / now.denominator - before.numerator / before.denominator) * 100
    text = f"{abs(points).quantize(Decimal('0.1'), ROUND_HALF_UP)} 个百分点"
    assert (card["direction"], card["change"]) == ("up" if points > 0 else "down", text)


def test_groups_over_their_limit_are_counted_not_averaged(reader: Reader) -> None:
    page = reader("province").get("/monitoring/province/360000/", {"month": "2026-03"})
    card = next(card for card in page.context["cards"] if card["label"] == "非中选超限品种")
    rows = stored("non_selected_share", "ytd", "province", "360000")
    assert card["unit"] == f"/ {len(rows)} 个"
    limits = {"JX-YP-2026-1": Decimal("0.4")}
    of_batch = [row for row in rows if row.batch_code in limits]
    over = [r for r in of_batch if r.numerator > limits[r.batch_code] * r.denominator]
    shown = reader("province").get(
        "/monitoring/province/360000/", {"month": "2026-03", "batch": "JX-YP-2026-1"}
    )
    card = next(card for card in shown.context["cards"] if card["label"] == "非中选超限品种")
    assert card["value"] == str(len(over))


@pytest.mark.parametrize("indicator", ["completion_amount_rate", "on_time_rate", "signing_rate"])
def test_ranking_is_the_stored_figures_in_order(reader: Reader, indicator: str) -> None:
    page = reader("province").get(
        "/monitoring/province/360000/", {"month": "2026-03", "indicator": indicator}
    )
    ranking = page.context["ranking"]
    window = "month" if indicator == "on_time_rate" else "ytd"
    for row in ranking.rows:
        shown = row.text.removesuffix("%")
        assert shown == percent(stored(indicator, window, "city", row.code)), row.code
    assert len(ranking.rows) == 11
    values = [row.value for row in ranking.rows if row.value is not None]
    assert values == sorted(values, reverse=True)
    assert [row["text"] for row in page.context["map"]["rows"]] == [r.text for r in ranking.rows]


def test_trend_is_the_months_that_were_computed(reader: Reader) -> None:
    page = reader("province").get(
        "/monitoring/province/360000/", {"month": "2026-03", "indicator": "response_rate"}
    )
    data = page.context["trend"]["data"]
    rows = {
        row.month: float(row.numerator / row.denominator)
        for row in IndicatorValue.objects.filter(indicator="response_rate", subject_type="province")
    }
    assert data["labels"] == ["26-02", "26-03"]
    assert data["series"][0]["values"] == [
        pytest.approx(rows[FEBRUARY], abs=1e-6),
        pytest.approx(rows[MARCH], abs=1e-6),
    ]
    assert data["threshold"] == {"value": 0.95, "label": "下限 95%"}


def test_institution_tables_are_its_rows(reader: Reader) -> None:
    page = reader("hospital").get("/monitoring/", {"month": "2026-03"})
    tables = page.context["tables"]
    for indicator in ("completion_rate", "non_selected_share", "report_deviation"):
        rows = stored(indicator, "ytd", "institution", HOSPITAL)
        shown = sorted(row.text.removesuffix("%") for row in tables[indicator])
        assert shown == sorted(percent([row]) for row in rows)
        assert rows


def test_open_warnings_are_counted_by_level(reader: Reader) -> None:
    panel = reader("province").get("/monitoring/").context["warnings"]
    open_ones = Warning.objects.filter(state__in=OPEN_STATES, province__code="360000")
    assert {one["level"]: one["count"] for one in panel.counts} == {
        level: open_ones.filter(severity=level).count() for level in ("red", "orange", "yellow")
    }
    assert panel.total == open_ones.count()


@pytest.mark.parametrize(("kind", "code", "url"), SUBJECTS)
def test_program_reads_what_the_page_shows(reader: Reader, kind: str, code: str, url: str) -> None:
    client = reader("province")
    page = client.get(url, {"month": "2026-03"}).context
    told = client.get(f"/api/v1/dashboards/{code}/", {"type": kind, "month": "2026-03"}).json()
    assert told["month"] == "2026-03"
    assert [(each["label"], each["value"], each["unit"]) for each in told["cards"]] == [
        (each["label"], each["value"], each.get("unit", "")) for each in page["cards"]
    ]
    ranked = page["ranking"].rows if page.get("ranking") else []
    assert [(row["code"], row["text"]) for row in told["ranking"]] == [
        (row.code, row.text) for row in ranked
    ]
    assert told["open_warnings"] == [
        {"level": each["level"], "count": each["count"]} for each in page["warnings"].counts
    ]
