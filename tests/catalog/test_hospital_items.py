"""院内目录: what a row does, what a mapping keeps, which doubts open and how they are settled."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import HospitalItem, ItemMapping, Product
from catalog.operations.demo_items import create_demo_items
from catalog.operations.hospital_items.accept import Chosen, accept_suggestions
from catalog.operations.hospital_items.confirm import confirm_mapping
from catalog.operations.hospital_items.put import RowsRefused, Written, put_items
from catalog.operations.hospital_items.review import review_everywhere, review_products
from catalog.queries.hospital_items import coverage, mapping_on, visible_hospital_items
from catalog.queries.item_suggestions import suggestions_for
from catalog.states.hospital_item import ItemStanding
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
CODE = "XA10ADM080B002010107103"


def later(days: int) -> datetime:
    return AT + timedelta(days=days)


def product(code: str = CODE, *, is_listed: bool = True, **fields: Any) -> Product:
    values = {"name": "阿托伐他汀钙片", "specification": "20mg", "pack_unit": "盒",
              "base_units_per_pack": 28} | fields  # fmt: skip
    made = make.product(code=code, **values)
    if is_listed:
        make.listing(product=made)
    return made


@pytest.fixture
def clerk() -> User:
    return people.person(people.organisation(), "clerk")


def scope(user: User, at: datetime = AT) -> Scope:
    return scope_of(user, at.date())


def raw(**fields: str) -> dict[str, str]:
    return {"his_code": "Y1", "name": "阿托伐他汀钙片", "unit": "片", "specification": "20mg",
            "product_code": CODE, "units_per_pack": "28"} | fields  # fmt: skip


def put(user: User, *rows: dict[str, str], at: datetime = AT, **more: Any) -> Written:
    values: dict[str, Any] = {"basis": "page", "all_or_nothing": True} | more
    return put_items(
        raws=list(enumerate(rows, start=1)), by=user, scope=scope(user, at), at=at, **values
    )


def item(user: User, code: str = "Y1") -> HospitalItem:
    return HospitalItem.objects.get(institution=user.organisation, his_code=code)


def problems(user: User, *rows: dict[str, str], at: datetime = AT) -> list[tuple[int, str]]:
    with pytest.raises(RowsRefused) as refused:
        put(user, *rows, at=at)
    return [(each.place, each.column) for each in refused.value.problems]


# --- rows ------------------------------------------------------------------------------------


def test_a_row_makes_item_and_mapping(clerk: User) -> None:
    product()
    assert put(clerk, raw()).counts["created"] == 1
    made = item(clerk)
    mapping = made.mappings.get()
    assert (made.standing, made.row_version) == ("mapped", 1)
    assert (mapping.units_per_pack, mapping.valid_from, mapping.valid_to) == (28, TODAY, None)
    assert (mapping.product_code, mapping.product_base_units) == (CODE, 28)
    event = AuditEvent.objects.get(action="hospital_item.put")
    assert event.detail["row"]["product"] == CODE and event.actor_name == clerk.audit_name


def test_the_same_row_again_changes_nothing(clerk: User) -> None:
    product()
    put(clerk, raw())
    again = put(clerk, raw(), at=later(3))
    assert again.counts["unchanged"] == 1
    assert item(clerk).row_version == 1 and ItemMapping.objects.count() == 1
    assert AuditEvent.objects.filter(action="hospital_item.put").count() == 1


def test_without_product_it_is_unmapped_and_stopped_is_left_alone(clerk: User) -> None:
    put(clerk, raw(product_code="", units_per_pack=""))
    assert item(clerk).standing == "unmapped"
    put(clerk, raw(product_code="", units_per_pack="", is_stopped="是"))
    assert item(clerk).standing == "stopped"


def test_a_change_keeps_what_was_ordered_under_the_old_mapping(clerk: User) -> None:
    product()
    other = product("XA10ADM080B002010107104", base_units_per_pack=14)
    put(clerk, raw())
    change = later(10).date()
    put(clerk, raw(product_code=other.code, units_per_pack="14"), at=later(10))
    own = clerk.organisation
    before, after = mapping_on(own, "Y1", change - timedelta(days=1)), mapping_on(own, "Y1", change)
    assert before and (before.product_code, before.units_per_pack) == (CODE, 28)
    assert after and (after.product_code, after.units_per_pack) == (other.code, 14)
    assert mapping_on(own, "Y1", TODAY - timedelta(days=1)) is None


def test_a_mapping_is_changed_from_today_at_the_earliest(clerk: User) -> None:
    product()
    first = raw(valid_from="2026-01-01")
    put(clerk, first)
    for day, wrong in (("2026-06-14", True), ("2025-12-31", True), ("2026-06-15", False)):
        row = raw(units_per_pack="14", valid_from=day)
        if wrong:
            assert problems(clerk, row) == [(1, "valid_from")]
        else:
            assert put(clerk, row).counts["replaced"] == 1
    assert ItemMapping.objects.filter(valid_to=TODAY).count() == 1


def test_two_changes_on_one_day_leave_the_last(clerk: User) -> None:
    product()
    put(clerk, raw())
    put(clerk, raw(units_per_pack="14"))
    put(clerk, raw(units_per_pack="7"))
    found = mapping_on(clerk.organisation, "Y1", TODAY)
    assert found and found.units_per_pack == 7
    assert ItemMapping.objects.filter(valid_to=TODAY, valid_from=TODAY).count() == 2


def test_after_an_end_nothing_is_mapped_into_the_past(clerk: User) -> None:
    product()
    put(clerk, raw())
    put(clerk, raw(product_code="", units_per_pack=""), at=later(5))
    assert mapping_on(clerk.organisation, "Y1", later(5).date()) is None
    assert problems(clerk, raw(valid_from="2026-06-16"), at=later(9)) == [(1, "valid_from")]
    assert put(clerk, raw(valid_from="2026-06-20"), at=later(9)).counts["set"] == 1


def test_the_database_keeps_one_mapping_a_day(clerk: User) -> None:
    product()
    put(clerk, raw())
    held = ItemMapping.objects.get()
    held.pk = None
    with pytest.raises(IntegrityError, match="item_mapping_one_a_day"), transaction.atomic():
        held.save(force_insert=True)


def test_a_withdrawn_product_is_not_mapped_anew(clerk: User) -> None:
    gone = product(is_listed=False)
    make.listing(product=gone, state="withdrawn", reason_code="other", reason="停产")
    assert problems(clerk, raw()) == [(1, "product_code")]


@pytest.mark.parametrize("bad", [
    {"his_code": ""}, {"his_code": "x" * 65}, {"name": ""}, {"name": "名" * 201}, {"unit": ""},
    {"units_per_pack": ""}, {"units_per_pack": "0"}, {"units_per_pack": "-1"},
    {"units_per_pack": "二十八"}, {"units_per_pack": "NaN"}, {"units_per_pack": "1e9"},
    {"units_per_pack": "1.00001"}, {"product_code": ""}, {"product_code": "XA10"},
    {"valid_from": "2026-02-30"}, {"valid_from": "1999-12-31"}, {"valid_from": "2027-06-17"},
    {"is_stopped": "也许"}, {"name": "甲\n乙"}, {"name": "#N/A"},
])  # fmt: skip
def test_wrong_values_are_named_and_nothing_is_written(bad: dict[str, str], clerk: User) -> None:
    product()
    assert problems(clerk, raw(**bad), raw(his_code="Y2"))[0][0] == 1
    assert not HospitalItem.objects.exists()


def test_the_furthest_day_ahead_is_a_year(clerk: User) -> None:
    product()
    assert put(clerk, raw(valid_from="2027-06-16")).counts["set"] == 1


def test_row_by_row_the_good_ones_are_written(clerk: User) -> None:
    product()
    done = put(clerk, raw(), raw(his_code="Y2", unit=""), raw(), all_or_nothing=False)
    assert [each.row.his_code for each in done.rows] == ["Y1"]
    assert [(each.place, each.column) for each in done.problems] == [(2, "unit"), (3, "his_code")]


# --- who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "role"), [
    ("institution", "reviewer"), ("institution", "accountant"), ("bureau", "clerk"),
    ("enterprise", "clerk"),
])  # fmt: skip
def test_only_the_hospitals_own_keepers_write(kind: str, role: str) -> None:
    user = people.person(people.organisation(kind), role)
    with pytest.raises(NotYours):
        put(user, raw(product_code="", units_per_pack=""))
    keeper = people.person(people.organisation(), "storekeeper")
    assert put(keeper, raw(product_code="", units_per_pack="")).counts["created"] == 1


def test_the_lead_reads_its_members_and_a_successor_its_predecessors(clerk: User) -> None:
    put(clerk, raw(product_code="", units_per_pack=""))
    lead, successor = people.organisation(), people.organisation()
    reader = people.person(lead, "clerk")
    assert not visible_hospital_items(scope(reader)).exists()
    people.consortium(lead, clerk.organisation)
    assert visible_hospital_items(scope(reader)).count() == 1
    Organisation.objects.filter(pk=clerk.organisation_id).update(
        is_active=False, closed_on=TODAY, successor=successor
    )
    assert visible_hospital_items(scope(people.person(successor, "clerk"))).count() == 1


def test_who_saves_second_is_told(clerk: User) -> None:
    put(clerk, raw(product_code="", units_per_pack=""))
    put(clerk, raw(product_code="", units_per_pack="", unit="盒"), seen_version=1)
    with pytest.raises(StaleVersion, match="刚刚改过"):
        put(clerk, raw(product_code="", units_per_pack="", unit="瓶"), seen_version=1)
    with pytest.raises(StaleVersion, match="已由"):
        put(clerk, raw(product_code="", units_per_pack="", unit="瓶"), seen_version=0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_mapping(clerk: User) -> None:
    product()
    put(clerk, raw())
    both, said = threading.Barrier(2), []

    def act(units: str) -> None:
        both.wait()
        try:
            put(clerk, raw(units_per_pack=units), at=later(1), seen_version=1)
            said.append("done")
        except StaleVersion:
            said.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(units,)) for units in ("14", "7")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "stale"]
    assert ItemMapping.objects.filter(valid_to__isnull=True).count() == 1


# --- doubts ----------------------------------------------------------------------------------


def doubts(user: User, code: str = "Y1") -> list[str]:
    return list(item(user, code).mappings.get(valid_to__isnull=True).doubts)


def task(user: User) -> bool:
    return Task.objects.filter(
        organisation=user.organisation, act="check_hospital_items", done_at__isnull=True
    ).exists()


def test_a_changed_code_makes_it_doubtful_and_a_word_settles_it(clerk: User) -> None:
    held = product()
    put(clerk, raw())
    Product.objects.filter(pk=held.pk).update(code="XA10ADM080B002010107199")
    assert review_products(product_ids=[held.pk], at=AT) == 1
    assert doubts(clerk) == ["code_changed"] and item(clerk).standing == "doubtful" and task(clerk)
    with pytest.raises(MissingInput):
        confirm_mapping(item=item(clerk), note=" ", by=clerk, scope=scope(clerk), at=later(1))
    confirm_mapping(
        item=item(clerk),
        note="同一产品换码",
        by=clerk,
        scope=scope(clerk),
        at=later(1),
        seen_version=1,
    )
    assert item(clerk).standing == "mapped" and doubts(clerk) == [] and not task(clerk)
    old, new = item(clerk).mappings.order_by("valid_from")
    assert (old.product_code, new.product_code) == (CODE, "XA10ADM080B002010107199")
    assert new.note == "同一产品换码" and old.valid_to == new.valid_from == TODAY + timedelta(
        days=1
    )


def test_specification_and_pack_that_change(clerk: User) -> None:
    held = product()
    put(clerk, raw())
    Product.objects.filter(pk=held.pk).update(base_units_per_pack=14)
    review_products(product_ids=[held.pk], at=AT)
    assert doubts(clerk) == ["product_changed"]
    Product.objects.filter(pk=held.pk).update(base_units_per_pack=28)
    review_products(product_ids=[held.pk], at=AT)
    assert item(clerk).standing == "mapped" and not task(clerk)


@pytest.mark.parametrize(("own", "listed", "doubtful"), [
    ("20mg", "20mg", False), ("20 MG×28片", "20mg*28片", False), ("20mg*28片/盒", "20mg", False),
    ("２０ｍｇ", "20mg", False), ("", "20mg", False), ("10mg", "20mg", True),
])  # fmt: skip
def test_specifications_are_compared_without_signs(
    own: str, listed: str, doubtful: bool, clerk: User
) -> None:
    product(specification=listed)
    put(clerk, raw(specification=own))
    assert doubts(clerk) == (["specification"] if doubtful else [])


def test_two_codes_of_one_product_with_different_factors(clerk: User) -> None:
    product()
    put(clerk, raw(), raw(his_code="Y2", unit="盒", units_per_pack="1"))
    assert doubts(clerk) == doubts(clerk, "Y2") == ["factor"]
    for code in ("Y1", "Y2"):
        confirm_mapping(
            item=item(clerk, code), note="单位不同", by=clerk, scope=scope(clerk), at=AT
        )
    assert {item(clerk, code).standing for code in ("Y1", "Y2")} == {"mapped"}
    review_everywhere(at=AT, progress=lambda *_: None)
    assert item(clerk).standing == "mapped"


def test_equal_factors_and_another_hospitals_are_no_doubt(clerk: User) -> None:
    product()
    put(clerk, raw(), raw(his_code="Y2"))
    other = people.person(people.organisation(), "clerk")
    put(other, raw(units_per_pack="1", unit="盒"))
    assert doubts(clerk) == doubts(other) == []


def test_mending_one_of_two_codes_settles_both(clerk: User) -> None:
    product()
    put(clerk, raw(), raw(his_code="Y2", unit="盒", units_per_pack="1"))
    put(clerk, raw(his_code="Y2", units_per_pack="28"))
    assert item(clerk).standing == item(clerk, "Y2").standing == "mapped" and not task(clerk)


def test_a_name_that_is_another_products(clerk: User) -> None:
    product()
    product("XA10ADM080B002010107555", name="瑞舒伐他汀钙片")
    put(clerk, raw(name="瑞舒伐他汀钙片"))
    assert doubts(clerk) == ["similar"]


def test_withdrawn_is_not_settled_by_a_word(clerk: User) -> None:
    product(is_listed=False)
    put(clerk, raw())
    assert doubts(clerk) == ["withdrawn"]
    with pytest.raises(TransitionRefused, match="改对照到在网产品"):
        confirm_mapping(item=item(clerk), note="照旧", by=clerk, scope=scope(clerk), at=AT)
    put(clerk, raw(is_stopped="是"))
    assert item(clerk).standing == "stopped" and not task(clerk)


def test_nobody_confirms_for_another_or_what_is_not_doubtful(clerk: User) -> None:
    product()
    put(clerk, raw())
    stranger = people.person(people.organisation(), "clerk")
    with pytest.raises(NotYours):
        confirm_mapping(item=item(clerk), note="照旧", by=stranger, scope=scope(stranger), at=AT)
    with pytest.raises(TransitionRefused, match="没有存疑"):
        confirm_mapping(item=item(clerk), note="照旧", by=clerk, scope=scope(clerk), at=AT)


# --- suggestions -----------------------------------------------------------------------------


def unmapped(user: User, **fields: str) -> HospitalItem:
    put(user, raw(product_code="", units_per_pack="", **fields))
    return item(user, fields.get("his_code", "Y1"))


def test_the_likeliest_product_comes_first_with_its_reason(clerk: User) -> None:
    near, far = product(), product("XA10ADM080B002010107888", specification="10mg")
    own = unmapped(clerk, name="阿托伐他汀钙片（立普妥）")
    offered = suggestions_for([own])[own.pk]
    assert [each.product for each in offered] == [near, far]
    assert "名称相同" in offered[0].why and "规格一致" in offered[0].why
    assert offered[0].percent > offered[1].percent


def test_units_tell_the_conversion_or_the_person_has_to(clerk: User) -> None:
    product(group=make.group(base_unit="片"))
    for unit, units in (("盒", Decimal(1)), ("片", Decimal(28)), ("瓶", None)):
        own = unmapped(clerk, his_code=f"U{unit}", unit=unit)
        assert suggestions_for([own])[own.pk][0].units_per_pack == units


def test_nothing_is_mapped_until_a_person_accepts(clerk: User) -> None:
    product()
    own = unmapped(clerk)
    suggestions_for([own])
    assert not ItemMapping.objects.exists()
    done = accept_suggestions(
        chosen=[Chosen("Y1", CODE, "28")], by=clerk, scope=scope(clerk), at=AT
    )
    assert done.counts["set"] == 1 and item(clerk).standing == "mapped"
    assert ItemMapping.objects.get().basis == "suggestion"


def test_accepting_leaves_what_somebody_mapped_meanwhile(clerk: User) -> None:
    product()
    put(clerk, raw())
    unmapped(clerk, his_code="Y2")
    done = accept_suggestions(
        chosen=[Chosen("Y1", CODE, "1"), Chosen("Y2", CODE, ""), Chosen("Y9", CODE, "1")],
        by=clerk, scope=scope(clerk), at=AT,
    )  # fmt: skip
    assert [each.column for each in done.problems] == ["his_code", "his_code", "units_per_pack"]
    assert item(clerk).mappings.get().units_per_pack == 28
    with pytest.raises(MissingInput, match="没有勾选"):
        accept_suggestions(chosen=[], by=clerk, scope=scope(clerk), at=AT)


def test_coverage_counts_by_standing(clerk: User) -> None:
    product()
    put(clerk, raw(), raw(his_code="Y2", product_code="", units_per_pack=""))
    bureau = people.person(people.organisation("bureau", region=clerk.organisation.region), "clerk")
    row = coverage(scope(bureau)).get(pk=clerk.organisation_id)
    assert (row.items, row.mapped, row.doubtful, row.unmapped) == (2, 1, 0, 1)  # type: ignore[attr-defined]


def test_the_demonstrations_hospital_finds_work_of_every_kind() -> None:
    for number in range(1, 31):
        product(f"XA10ADM080B0020101{number:05d}", name=f"产品{number}", specification="")
    hospital = people.person(people.organisation(), "clerk", username="hospital")
    assert create_demo_items(at=AT) == 31 and create_demo_items(at=AT) == 0
    held = HospitalItem.objects.filter(institution=hospital.organisation)
    found = {standing: held.filter(standing=standing).count() for standing in ItemStanding.values}
    assert found == {"mapped": 23, "doubtful": 2, "unmapped": 5, "stopped": 1} and task(hospital)
