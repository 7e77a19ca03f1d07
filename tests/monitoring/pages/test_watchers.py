"""Health commission, finance and drug regulator: their own cards and tables, from the stored figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from catalog.models import Product
from complaints.models import Complaint
from core.templatetags.formats import money_short, percent
from monitoring.models import IndicatorValue
from organisations.models import Organisation
from tests.factories import stages
from tests.factories.stages import Parties
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader
from tests.monitoring.pages.test_query_budgets import count

PROVINCE = "/monitoring/province/360000/"
CARDS = {
    "health_commission": ["约定采购完成率", "低于序时进度产品占比", "非中选超限品种", "集采金额占比",
                          "未及时收货率", "超常规订单占比"],
    "finance": ["货款按时结清率", "未及时收货率", "约定采购完成率", "集采金额占比"],
    "regulator": ["订单响应率", "配送及时率", "供应配送率", "供应配送率（年度累计）", "诉求按时回复率",
                  "诉求按时解决率"],
}  # fmt: skip
RANKED = {
    "health_commission": "约定采购完成率",
    "finance": "货款按时结清率",
    "regulator": "供应配送率",
}


def _page(reader: Reader, name: str, url: str = PROVINCE) -> Any:
    answer = reader(name).get(url, {"month": "2026-03"})
    assert answer.status_code == 200
    return answer


def _tables(answer: Any) -> dict[str, Any]:
    return {table.title: table for table in answer.context["watched"]}


def _latest(rows: Iterable[IndicatorValue]) -> list[IndicatorValue]:
    """Where two agreement years of a batch meet in the month, those of the later one."""
    newest: dict[str, int] = {}
    for row in rows:
        newest[row.batch_code] = max(newest.get(row.batch_code, 0), row.year_no or 0)
    return [row for row in rows if (row.year_no or 0) == newest[row.batch_code]]


@pytest.mark.parametrize("name", CARDS)
def test_nothing_is_offered_to_be_cleared_where_nothing_was_chosen(
    reader: Reader, name: str
) -> None:
    page = reader(name).get(PROVINCE).content.decode()
    assert f'href="{PROVINCE}">清除</a>' not in page
    chosen = reader(name).get(PROVINCE, {"category": "drug"}).content.decode()
    assert f'href="{PROVINCE}">清除</a>' in chosen


@pytest.mark.parametrize("name", CARDS)
def test_each_watcher_has_its_cards_ranking_and_two_tables_that_open(
    reader: Reader, name: str
) -> None:
    answer = _page(reader, name)
    assert [card["label"] for card in answer.context["cards"]] == CARDS[name]
    assert answer.context["ranking"].label == RANKED[name]
    tables = _tables(answer)
    assert len(tables) == 2
    for table in tables.values():
        assert table.title in answer.content.decode()
        for row in table.rows[:3]:
            assert reader(name).get(row.url).status_code == 200


def test_others_have_none_of_it(reader: Reader) -> None:
    answer = _page(reader, "province")
    assert answer.context["watched"] == []
    assert len(answer.context["cards"]) == 12
    assert _page(reader, "finance", f"/monitoring/institution/{HOSPITAL}/").context["watched"] == []


def test_what_fell_due_and_was_not_settled_is_the_figures_difference(reader: Reader) -> None:
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="payment_on_time_rate", subject_type="institution"
    )
    names = dict(Organisation.objects.values_list("code", "name"))
    unpaid = sorted(
        (
            (r.denominator - r.numerator, r.subject_code)
            for r in rows
            if r.numerator < r.denominator
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )[:10]
    shown = _tables(_page(reader, "finance"))["到期未按时结清的货款"].rows
    assert [(row.name, row.text) for row in shown] == [
        (names[code], money_short(amount)) for amount, code in unpaid
    ]
    assert shown
    own = _tables(_page(reader, "finance"))["各月到期货款"].rows
    of_province = IndicatorValue.objects.get(
        month=MARCH, indicator="payment_on_time_rate", subject_type="province"
    )
    assert (own[0].name, own[0].text, own[0].parts) == (
        "2026年3月", money_short(of_province.denominator), money_short(of_province.numerator),
    )  # fmt: skip


def test_a_county_s_finance_sees_its_own_county_only(reader: Reader) -> None:
    hospital = Organisation.objects.select_related("region").get(code=HOSPITAL)
    assert hospital.region is not None
    answer = _page(reader, "county finance", f"/monitoring/county/{hospital.region.code}/")
    inside = set(Organisation.objects.filter(region=hospital.region).values_list("name", flat=True))
    shown = _tables(answer)["到期未按时结清的货款"].rows
    assert {row.name for row in shown} <= inside
    assert reader("county finance").get(PROVINCE).status_code == 404


def test_products_agreed_on_and_never_bought_are_counted_by_institution(reader: Reader) -> None:
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="completion_rate", subject_type="institution", denominator__gt=0
    )
    none = Counter(row.subject_code for row in _latest(rows) if row.numerator <= 0)
    names = dict(Organisation.objects.values_list("code", "name"))
    expected = sorted(none.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    shown = _tables(_page(reader, "health_commission"))["中选产品未进院"].rows
    assert [(row.name, row.text) for row in shown] == [
        (names[code], f"{number:,} 个") for code, number in expected
    ]
    assert shown


def test_substitutes_are_the_highest_ratios(reader: Reader) -> None:
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="substitute_ratio", subject_type="institution", denominator__gt=0
    )
    current = _latest(rows)
    highest = sorted((row.numerator / row.denominator for row in current), reverse=True)[:10]
    shown = _tables(_page(reader, "health_commission"))["可替代药品采购比最高"].rows
    assert [row.text for row in shown] == [percent(Decimal(value)) for value in highest]


def test_enterprises_that_deliver_least_stand_first(reader: Reader) -> None:
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="fulfilment_rate", window="month", denominator__gt=0,
        subject_type__in=("manufacturer", "distributor"),
    )  # fmt: skip
    lowest = sorted(row.numerator / row.denominator for row in rows)[:10]
    shown = _tables(_page(reader, "regulator"))["供应配送率最低的企业"].rows
    assert [row.text for row in shown] == [percent(Decimal(value)) for value in lowest]
    assert shown


def test_quality_complaints_of_twelve_months_are_counted_by_product(reader: Reader) -> None:
    product = Product.objects.select_related("manufacturer").order_by("code").first()
    assert product is not None
    hospital = Organisation.objects.get(code=HOSPITAL)
    of = Parties(hospital, product.manufacturer, product.manufacturer)
    with transaction.atomic():
        Complaint.objects.filter(category__in=("quality", "unclear_lot", "packaging")).update(
            category="other"
        )
        for filed, category, solved in (
            (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), "quality", None),  # the month's last minute
            (datetime(2026, 3, 31, 16, tzinfo=UTC), "quality", None),  # the next month's first
            (
                datetime(2025, 3, 31, 16, tzinfo=UTC),
                "unclear_lot",
                datetime(2025, 5, 1, tzinfo=UTC),
            ),
            (datetime(2025, 3, 31, 15, 59, tzinfo=UTC), "quality", None),  # a year and a minute ago
            (datetime(2026, 3, 1, tzinfo=UTC), "shortage", None),
        ):
            stages.complaint(
                of, product=product, filed_at=filed, category=category, resolved_at=solved
            )
        (row,) = _tables(_page(reader, "regulator"))["质量诉求最多的产品"].rows
        transaction.set_rollback(True)
    assert (row.name, row.text, row.parts) == (product.name, "2 件", "1 件")


@pytest.mark.parametrize("name", CARDS)
def test_a_watcher_s_page_costs_a_bounded_number_of_queries(reader: Reader, name: str) -> None:
    assert count(reader(name), PROVINCE, {"month": "2026-03"}) <= 30
