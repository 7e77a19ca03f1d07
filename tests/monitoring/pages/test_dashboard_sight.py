"""Who has which dashboard: the own level and everything below it, nothing beside or above."""

from __future__ import annotations

import pytest

from organisations.models import User
from tests.monitoring.pages.conftest import HOSPITAL, Reader

PROVINCE = "/monitoring/province/360000/"
CITY = "/monitoring/city/360100/"
OTHER_CITY = "/monitoring/city/361000/"
COUNTY = "/monitoring/county/360103/"
OTHER_COUNTY = "/monitoring/county/361030/"
OWN = f"/monitoring/institution/{HOSPITAL}/"
STRANGER = "/monitoring/institution/H36103000001/"
POOL = "/monitoring/pool/3601/"
ALL = (PROVINCE, CITY, OTHER_CITY, COUNTY, OTHER_COUNTY, OWN, STRANGER, POOL)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("province", set(ALL)),
        ("city", {CITY, COUNTY, OWN, POOL}),
        ("county", {COUNTY, OWN}),
        ("hospital", {OWN}),
        ("agency", {POOL}),
        ("maker", set()),
        ("discipline", set()),
    ],
)
def test_sees_own_level_and_below(reader: Reader, name: str, seen: set[str]) -> None:
    client = reader(name)
    assert {url for url in ALL if client.get(url).status_code == 200} == seen
    assert {client.get(url).status_code for url in ALL} <= {200, 404}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("province", "江西省"),
        ("city", "南昌市"),
        ("county", "西湖区"),
        ("hospital", "西湖区霁垚衍中心医院"),
        ("agency", "南昌市统筹区"),
    ],
)
def test_own_dashboard_is_the_own_level(reader: Reader, name: str, title: str) -> None:
    page = reader(name).get("/monitoring/")
    assert page.status_code == 200
    assert page.context["page_title"] == title


def test_enterprise_sees_itself_only(reader: Reader, sample: dict[str, User]) -> None:
    own, other = sample["maker"].organisation, sample["other maker"].organisation
    client = reader("maker")
    assert client.get(f"/monitoring/manufacturer/{own.code}/").status_code == 200
    assert client.get("/monitoring/").context["page_title"] == own.name
    assert client.get(f"/monitoring/manufacturer/{other.code}/").status_code == 404
    assert client.get(f"/monitoring/distributor/{own.code}/").status_code == 404
    assert reader("province").get(f"/monitoring/manufacturer/{other.code}/").status_code == 200
    assert reader("city").get(f"/monitoring/manufacturer/{other.code}/").status_code == 404


def test_who_watches_nothing_is_told(reader: Reader) -> None:
    page = reader("discipline").get("/monitoring/")
    assert page.status_code == 200
    assert "本单位没有看板" in page.content.decode()


def test_way_up_is_linked_only_where_it_may_be_gone(reader: Reader) -> None:
    crumbs = reader("city").get(OWN).context["breadcrumbs"]
    assert [crumb["label"] for crumb in crumbs] == [
        "看板",
        "江西省",
        "南昌市",
        "西湖区",
        "西湖区霁垚衍中心医院",
    ]
    assert [bool(crumb.get("url")) for crumb in crumbs] == [True, False, True, True, False]


def test_a_month_that_is_none_is_refused_and_one_not_computed_says_so(reader: Reader) -> None:
    client = reader("province")
    broken = client.get(PROVINCE, {"month": "2026-13"})
    assert broken.status_code == 400
    assert "不是月份" in broken.content.decode()
    assert "还没有计算" in client.get(PROVINCE, {"month": "2025-07"}).content.decode()
