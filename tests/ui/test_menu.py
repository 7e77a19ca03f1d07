"""The menu is grouped by what one does, and short for each kind of reader."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from inbox.views.home import _shortcuts
from organisations.queries.navigation import Group, entries_for, groups_of, menu
from organisations.queries.scope import Scope, scope_of
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
CATALOGUE = (Group.CATALOG, Group.LISTING, Group.PRICES, Group.QUALITY, Group.BATCHES)
LONGEST = 6
DAY = date(2026, 6, 15)


def reader(kind: str, **fields: object) -> Scope:
    return scope_of(people.person(people.organisation(kind, **fields), "clerk"), DAY)


def labels(scope: Scope) -> set[str]:
    return {entry.label for entry in entries_for(scope) if entry.group in CATALOGUE}


@pytest.mark.parametrize(
    "kind", ["institution", "enterprise", "bureau", "regulator", "finance", "agency"]
)
def test_no_group_is_long_and_every_line_leads_somewhere(kind: str) -> None:
    scope = reader(kind)
    for group in menu(scope, "/"):
        if group.label in ("产品与名录", "挂网", "价格", "质量与召回", "批次与政策"):
            assert 1 <= len(group.items) <= LONGEST
    for entry in entries_for(scope):
        assert reverse(entry.route)


def test_each_has_what_it_works_with() -> None:
    hospital, maker = labels(reader("institution")), labels(reader("enterprise"))
    regulator = labels(reader("regulator"))
    carrier = labels(reader("enterprise", is_manufacturer=False, is_distributor=True))
    assert "院内目录" in hospital and "院内目录" not in maker | regulator | carrier
    assert {"挂网申请", "价格函询", "差比价计算"} <= maker
    assert not {"挂网申请", "价格函询", "红黄标标准"} & (hospital | carrier)
    assert {"监督检查", "抽检结果"} <= regulator and "监督检查" not in hospital | maker
    assert {
        "产品检索",
        "注册证",
        "召回与批号追踪",
        "采购批次",
    } <= hospital & maker & regulator & carrier


def test_a_regulators_first_pages_are_quality_and_recalls() -> None:
    routes = [entry.route for entry in _shortcuts(reader("regulator"))]
    assert routes[:4] == ["quality-reports", "inspections", "samplings", "recalls"]


def test_each_kind_of_reader_finds_its_own_work_first() -> None:
    carrier = reader("enterprise", is_manufacturer=False, is_distributor=True)
    first = {
        name: [group.label for group in menu(scope, "/")][1]
        for name, scope in {
            "institution": reader("institution"),
            "manufacturer": reader("enterprise"),
            "distributor": carrier,
            "bureau": reader("bureau"),
            "regulator": reader("regulator"),
        }.items()
    }
    assert first == {
        "institution": "订单与配送",
        "manufacturer": "挂网",
        "distributor": "订单与配送",
        "bureau": "监测与预警",
        "regulator": "质量与召回",
    }


def test_the_first_groups_and_that_of_the_page_stand_open() -> None:
    groups = menu(reader("institution"), reverse("batch-list"))
    standing = [group.label for group in groups if group.open]
    assert standing == ["订单与配送", "报量", "批次与政策"]


def test_every_group_has_its_place_for_every_kind() -> None:
    for kind in ("institution", "enterprise", "bureau", "finance", "platform"):
        places = groups_of(reader(kind))
        assert places[0] == Group.HOME
        assert sorted(places) == list(Group)
