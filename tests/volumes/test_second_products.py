"""一品两规: the standby products are shown first, another choice keeps its reason (S2-2.5)."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from catalog.models import Product
from catalog.queries.orderable import obstacles
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion
from core.workdays.deadlines import shanghai_day
from tests.days import morning
from tests.factories import agreed
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.volumes.cast import build, filled, opened
from tests.volumes.land import Land
from volumes.models import SecondProductChoice
from volumes.operations.second_products import choose_second
from volumes.queries.second_obstacles import second_product_obstacles
from volumes.queries.second_products import group_products, second_choices
from volumes.queries.sheet import report_sheet


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def beside(land: Land) -> tuple[Product, Product]:
    """A standby product of G1 in the land's province, and one that nobody selected."""
    standby = make.product(code="XSB", group=land.g1, manufacturer=land.other)
    make.selection(batch=land.batch, product=standby, region=land.province, role="standby")
    return standby, make.product(code="XFREE", group=land.g1, manufacturer=land.other)


def clerk(land: Land) -> dict[str, Any]:
    return land.acting(land.a, morning(), "clerk")


def test_standby_products_come_first_and_need_no_reason(land: Land) -> None:
    standby, free = beside(land)
    shown = group_products(land.g1, land.a, shanghai_day(morning()))
    assert [(each.code, each.role) for each in shown] == [
        ("XSB", "standby"), ("XFREE", "other"), ("XA", "selected"), ("XB", "selected"),
    ]  # fmt: skip
    row = choose_second(group=land.g1, product_code="XSB", seen_version=0, **clerk(land))
    assert (row.basis, row.product, row.offered) == ("standby", standby, ["XSB"])
    told = AuditEvent.objects.get(action="second_product.choose")
    assert (told.object_key, told.detail["product"]) == (str(row.pk), "XSB")
    other = choose_second(
        group=land.g1, product_code="XFREE", reason_code="clinical",
        explanation="对备供产品辅料过敏", seen_version=row.pk, **clerk(land),
    )  # fmt: skip
    none = choose_second(group=land.g1, product_code="none", **clerk(land))
    assert (other.product, none.product) == (free, None)
    scope = land.scope(land.offices["county"])
    found = second_choices(scope).order_by("id").values_list("basis", "stands")
    assert list(found) == [("standby", False), ("other", False), ("none", True)]
    assert not second_choices(land.scope(land.other)).exists()


WRONG = [
    ({"product_code": "XFREE"}, "reason_code", "本地区有备供产品"),
    ({"product_code": "XFREE", "reason_code": "cost"}, "reason_code", "本地区有备供产品"),
    ({"product_code": "XFREE", "reason_code": "clinical", "explanation": " "}, "explanation", "写明"),
    ({"product_code": "XFREE", "reason_code": "clinical", "explanation": "长" * 501}, "explanation", "500"),
    ({"product_code": "XA"}, "product_code", "中选产品"),
    ({"product_code": "XC"}, "product_code", "这个品种的产品"),
    ({"product_code": "none"}, "product_code", "没有登记过"),
]  # fmt: skip


def test_what_cannot_be_registered_says_why_and_writes_nothing(land: Land) -> None:
    beside(land)
    for given, field, said in WRONG:
        with pytest.raises(MissingInput, match=said) as caught, transaction.atomic():
            choose_second(group=land.g1, **given, **clerk(land))
        assert caught.value.field == field
    with pytest.raises(MissingInput, match="没有中选产品"), transaction.atomic():
        choose_second(group=make.group(), product_code="XSB", **clerk(land))
    for of, role in (
        (land.a, "accountant"),
        (land.offices["county"], "clerk"),
        (land.maker, "clerk"),
    ):
        with pytest.raises(NotYours):
            choose_second(group=land.g1, product_code="XSB", **land.acting(of, morning(), role))
    assert not SecondProductChoice.objects.exists()
    choose_second(group=land.g1, product_code="XSB", **clerk(land))
    with pytest.raises(MissingInput, match="没有变化"):
        choose_second(group=land.g1, product_code="XSB", **clerk(land))


def test_without_standby_products_no_reason_is_due_and_the_database_knows(land: Land) -> None:
    make.product(code="XFREE", group=land.g2, manufacturer=land.other)
    row = choose_second(group=land.g2, product_code="XFREE", **clerk(land))
    assert (row.basis, row.offered, row.reason_code) == ("other", [], "")
    for wrong in (
        {"offered": ["XSB"], "reason_code": ""},
        {"product_id": None, "basis": "standby"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondProductChoice.objects.create(
                **agreed_values(land, row) | wrong,
            )


def agreed_values(land: Land, row: SecondProductChoice) -> dict[str, Any]:
    return {
        "institution": row.institution, "province": row.province, "group": row.group,
        "product_id": row.product_id, "basis": "other", "reason_code": "clinical",
        "explanation": "测试", "chosen_at": row.chosen_at, "chosen_by_name": "测试",
    }  # fmt: skip


def test_the_page_shows_names_the_mistake_and_keeps_what_was_typed(
    land: Land, client: Client
) -> None:
    beside(land)
    client.force_login(people.person(land.a, "clerk"))
    page = client.get("/second-products/new/?group=G1").content.decode()
    # As words: a form's random token may hold the same two letters.
    shown = re.findall(r"\b(?:XSB|XFREE|XA)\b", page)
    assert list(dict.fromkeys(shown)) == ["XSB", "XFREE", "XA"]
    assert "没有找到品种" in client.get("/second-products/new/?group=ZZ").content.decode()
    sent = {"group": "G1", "version": "0", "product_code": "XFREE", "explanation": "已写的话"}
    answer = client.post("/second-products/new/", sent)
    assert answer.status_code == 400
    words = answer.content.decode()
    assert "应优先选用" in words and "已写的话" in words
    assert client.post("/second-products/new/", {**sent, "version": "x"}).status_code == 400
    done = client.post("/second-products/new/", {**sent, "reason_code": "other"}, follow=True)
    assert "已登记" in done.content.decode() and "已写的话" in done.content.decode()
    assert client.post("/second-products/new/", {**sent, "product_code": "XSB"}).status_code == 409


def test_two_colleagues_at_once_one_is_told(fresh_database: str) -> None:
    land = Land()
    beside(land)
    acting = [clerk(land), clerk(land)]
    barrier, said = threading.Barrier(2), []

    def act(number: int) -> None:
        try:
            barrier.wait()
            choose_second(group=land.g1, product_code="XSB", seen_version=0, **acting[number])
        except Refusal as refusal:
            said.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert said == [StaleVersion]
    assert SecondProductChoice.objects.count() == 1


def test_a_row_is_never_changed(db: None) -> None:
    row = agreed.second_choice()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        SecondProductChoice.objects.filter(pk=row.pk).update(explanation="改")


def told(land: Land, *products: Product) -> dict[str, list[str]]:
    """What search and ordering say of one and the same product rule."""
    found = obstacles(products, shanghai_day(morning()), land.a)
    return {
        each.code: [o.text for o in found[each.pk] if o.code == "second_product"]
        for each in products
    }


def test_search_and_ordering_say_it_where_a_second_product_is_met(
    land: Land, django_assert_num_queries: Any
) -> None:
    selected = Product.objects.get(code="XA")
    free = make.product(code="XFREE", group=land.g1, manufacturer=land.other)
    assert told(land, selected, free) == {"XA": [], "XFREE": []}
    standby = make.product(code="XSB", group=land.g1, manufacturer=land.other)
    make.selection(batch=land.batch, product=standby, region=land.province, role="standby")
    said = told(land, selected, standby, free)
    assert said["XA"] == [] and "选第二规时优先选用" in said["XSB"][0]
    assert f"本地区有备供产品（{land.other.name} {standby}），应优先选用" in said["XFREE"][0]
    choose_second(group=land.g1, product_code="XSB", **clerk(land))
    said = told(land, standby, free)
    assert said["XSB"] == ["本机构登记的第二规（一品两规，备供产品）"]
    assert f"本机构登记的第二规是{land.other.name} {standby}（备供产品）" in said["XFREE"][0]
    # It never blocks, says nothing to another institution of its decisions, and costs four queries.
    day = shanghai_day(morning())
    assert not any(o.blocks for o in second_product_obstacles(land.a, [free.pk], day)[free.pk])
    other = second_product_obstacles(land.b, [standby.pk], day)[standby.pk]
    assert "登记的" not in other[0].text
    for ids in ([free.pk], [free.pk, standby.pk, selected.pk]):
        with django_assert_num_queries(4):
            second_product_obstacles(land.a, ids, day)


def test_the_sheet_names_the_second_product_of_its_group(db: None) -> None:
    cast = build()
    report = filled(cast, opened(cast))
    group, product = cast.groups[1], make.product(code="XSEC", group=cast.groups[1])
    kept = agreed.second_choice(cast.hospital, product=product)
    shown = {each.group.pk: each.second for each in report_sheet(report) if each.second}
    assert shown == {
        group.pk: f"{product.manufacturer.name} {product}（{kept.get_basis_display()}）"
    }
    client = Client()
    client.force_login(cast.user(cast.hospital, "clerk"))
    page = client.get(f"/volumes/reports/{report.report_no}/").content.decode()
    assert f"第二规为 {product.manufacturer.name} {product}" in page
