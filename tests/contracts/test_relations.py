"""Delivery relations: pointed, answered, ended, replaced; the limit and the days are the database's."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.queries.orderable import why_not_orderable
from catalog.queries.preparation import readiness
from contracts.documents.relations import confirmation
from contracts.models import DeliveryRelation
from contracts.operations.relations import (
    Pointing,
    accept_relation,
    end_relation,
    point_distributors,
    refuse_relation,
    withdraw_relation,
)
from contracts.queries.distributor_search import find_distributors
from contracts.queries.relations import distributors_of, visible_relations
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation
from tests.contracts.world import Trade
from tests.days import dated, in_days, morning, today
from tests.factories import catalog
from tests.factories import contracts as make
from tests.factories import organisations as people


@pytest.fixture
def trade(db: None) -> Trade:
    return Trade()


def pointing(trade: Trade, carrier: Organisation | None = None, **changes: Any) -> Pointing:
    values: dict[str, Any] = {
        "product": trade.product, "distributor": carrier or trade.d1, "pool": trade.pool,
        "county": None, "valid_from": in_days(10), "batch": trade.batch,
    }  # fmt: skip
    return Pointing(**values | changes)


def point(trade: Trade, carrier: Organisation | None = None, **changes: Any) -> DeliveryRelation:
    (made,) = point_distributors(
        pointings=[pointing(trade, carrier, **changes)], **trade.acting(trade.maker)
    )
    return made


def accept(trade: Trade, relation: DeliveryRelation, **more: Any) -> DeliveryRelation:
    return accept_relation(relation=relation, **trade.acting(relation.distributor), **more)


# --- from pointing to the end -------------------------------------------------------------------


def test_from_pointing_to_the_end(trade: Trade) -> None:
    relation = point(trade)
    assert (relation.most, relation.province_id) == (1, trade.province.pk)
    task = Task.objects.get(object_key=relation.relation_no)
    assert (task.organisation_id, task.act) == (trade.d1.pk, "answer_relation")
    assert distributors_of(trade.a, [trade.product.pk], in_days(10)) == {}
    (told,) = [
        o for o in why_not_orderable(trade.a, trade.product, in_days(10)) if o.code == "no_relation"
    ]
    assert told.text.endswith("配送一待配送企业确认")
    accept(trade, relation)
    task.refresh_from_db()
    assert task.done_at is not None
    first, before = in_days(10), in_days(10) - timedelta(days=1)
    assert distributors_of(trade.a, [trade.product.pk], first) == {trade.product.pk: [trade.d1.pk]}
    assert distributors_of(trade.a, [trade.product.pk], before) == {}
    assert "no_relation" not in [
        o.code for o in why_not_orderable(trade.a, trade.product, in_days(10))
    ]
    scope = trade.scope(trade.bureau)
    found = readiness(trade.batch, [trade.product.pk], scope)["relations"][trade.product.pk]
    assert (found.state, found.words) == ("done", "1 / 1 个统筹区已确认")
    end_relation(
        relation=relation, ends=in_days(40), ending_reason="不再合作", **trade.acting(trade.maker)
    )
    last = in_days(40) - timedelta(days=1)
    assert distributors_of(trade.a, [trade.product.pk], last) == {trade.product.pk: [trade.d1.pk]}
    assert distributors_of(trade.a, [trade.product.pk], in_days(40)) == {}
    assert Notice.objects.filter(organisation=trade.d1, title__contains="起终止").count() == 1
    done = AuditEvent.objects.filter(object_type="delivery_relation", object_key=relation.pk)
    assert list(done.order_by("pk").values_list("action", flat=True)) == [
        "delivery_relation.point", "delivery_relation.accept", "delivery_relation.end",
    ]  # fmt: skip


def test_a_replacement_takes_over_on_its_first_day(trade: Trade) -> None:
    old = accept(trade, point(trade))
    with pytest.raises(TransitionRefused, match="已达上限"):
        point(trade, trade.d2, valid_from=in_days(40))
    new = point(trade, trade.d2, valid_from=in_days(40), replaces=old)
    with pytest.raises(TransitionRefused, match="已达上限"):
        point(trade, trade.d3, valid_from=in_days(40))
    accept(trade, new)
    old.refresh_from_db()
    assert (old.state, old.valid_until) == ("replaced", in_days(40))
    day = in_days(40) - timedelta(days=1)
    assert distributors_of(trade.a, [trade.product.pk], day) == {trade.product.pk: [trade.d1.pk]}
    assert distributors_of(trade.a, [trade.product.pk], in_days(40)) == {
        trade.product.pk: [trade.d2.pk]
    }


def test_a_refused_replacement_leaves_the_old_one(trade: Trade) -> None:
    old = accept(trade, point(trade))
    new = point(trade, trade.d2, valid_from=in_days(40), replaces=old)
    refuse_relation(relation=new, refusal_reason="运力不足", **trade.acting(trade.d2))
    old.refresh_from_db()
    assert (old.state, old.valid_until) == ("accepted", None)
    assert Notice.objects.filter(organisation=trade.maker, title__contains="运力不足").exists()


def test_what_was_replaced_has_ended_meanwhile(trade: Trade) -> None:
    old = accept(trade, point(trade))
    new = point(trade, trade.d2, valid_from=in_days(40), replaces=old)
    end_relation(relation=old, ends=in_days(10), ending_reason="停", **trade.acting(trade.d1))
    with pytest.raises(TransitionRefused, match="已经终止或更换"):
        accept(trade, new)
    new.refresh_from_db()
    assert new.state == "pointed"


# --- the limit and the days -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "starts", "ends", "fits"),
    [
        ("jiangxi-2019", 10, None, False),
        ("jiangxi-2019", 5, 11, False),
        # Half-open: the one ends on the day on which the other begins.
        ("jiangxi-2019", 5, 10, True),
        ("jiangxi-2026", 10, None, True),
    ],
)
def test_the_limit_counts_days_that_meet(
    policy: str, starts: int, ends: int | None, fits: bool, db: None
) -> None:
    trade = Trade(policy)
    since, until = in_days(starts), ends and in_days(ends)
    point(trade)
    if fits:
        assert point(trade, trade.d2, valid_from=since, valid_until=until).pk
        return
    with pytest.raises(TransitionRefused, match="已达上限"):
        point(trade, trade.d2, valid_from=since, valid_until=until)


def test_a_limit_of_two_counts_at_each_moment(trade: Trade) -> None:
    def held(carrier: Organisation, since: date, until: date | None, **more: Any) -> None:
        make.delivery_relation(
            trade.parties(), product=trade.product, distributor=carrier, valid_from=since,
            valid_until=until, most=2, **more,
        )  # fmt: skip

    held(trade.d1, in_days(10), in_days(40))
    held(trade.d2, in_days(40), None)
    # Over both, but beside one of them at any moment.
    held(trade.d3, in_days(10), None)
    with pytest.raises(IntegrityError, match="relation_limit|more than 2"), transaction.atomic():
        held(trade.carrier("配送四"), in_days(40), in_days(40) + timedelta(days=1))
    held(trade.carrier("配送五"), in_days(40), None, state="refused", refusal_reason="不送")


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_a_place_given_up_is_free(state: str, trade: Trade) -> None:
    relation = point(trade)
    if state == "refused":
        refuse_relation(relation=relation, refusal_reason="不送", **trade.acting(trade.d1))
    else:
        withdraw_relation(relation=relation, **trade.acting(trade.maker))
    assert point(trade, trade.d2).state == "pointed"
    assert not Task.objects.filter(object_key=relation.relation_no, done_at=None).exists()


def test_the_same_distributor_is_pointed_once_for_a_day(db: None) -> None:
    trade = Trade("jiangxi-2026")
    point(trade)
    with pytest.raises(TransitionRefused, match="有效期重叠"):
        point(trade, valid_from=in_days(40))
    assert point(trade, product=trade.other).pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": timedelta(days=-1)}, "valid_from"),
        ({"valid_until": timedelta(days=10)}, "valid_until"),
        ({"distributor": "maker"}, "distributor"),
        ({"product": "foreign"}, "product"),
        ({"county": "foreign"}, "county"),
        ({"county": "city"}, "county"),
    ],
)
def test_a_wrong_pointing_names_its_field(
    changes: dict[str, Any], field: str, trade: Trade
) -> None:
    named = {
        "maker": trade.maker, "city": trade.city,
        "foreign": people.county() if field == "county" else catalog.product(),
    }  # fmt: skip
    values: dict[str, Any] = {
        name: named.get(value, value) if isinstance(value, str) else value
        for name, value in dated(changes).items()
    }
    with pytest.raises(MissingInput) as refused:
        point(trade, **values)
    assert refused.value.field == field
    assert DeliveryRelation.objects.count() == 0


def test_days_of_today_and_of_the_end_itself_are_fine(trade: Trade) -> None:
    relation = accept(trade, point(trade, valid_from=today()))
    with pytest.raises(MissingInput):
        end_relation(
            relation=relation, ends=today() - timedelta(days=1), ending_reason="x",
            **trade.acting(trade.d1),
        )  # fmt: skip
    assert end_relation(
        relation=relation, ends=today(), ending_reason="x", **trade.acting(trade.d1)
    ).valid_until == today()  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "who", "refusal"),
    [
        ("accept", "maker", NotYours), ("accept", "d2", NotYours), ("accept", "bureau", NotYours),
        ("accept", "a", NotYours), ("withdraw", "d1", NotYours), ("end", "maker", TransitionRefused),
        ("refuse", "maker", NotYours), ("end", "a", NotYours),
    ],
)  # fmt: skip
def test_only_the_two_enterprises_act(
    verb: str, who: str, refusal: type[Refusal], trade: Trade
) -> None:
    relation = point(trade)
    acting: dict[str, Any] = {"relation": relation, **trade.acting(getattr(trade, who))}
    with pytest.raises(refusal):
        if verb == "accept":
            accept_relation(**acting)
        elif verb == "withdraw":
            withdraw_relation(**acting)
        elif verb == "refuse":
            refuse_relation(refusal_reason="x", **acting)
        else:
            end_relation(ends=in_days(40), ending_reason="x", **acting)


def test_an_old_version_is_told(trade: Trade) -> None:
    relation = point(trade)
    accept(trade, relation)
    with pytest.raises(StaleVersion):
        accept(trade, relation, seen_version=1)


def test_who_sees_a_relation(trade: Trade) -> None:
    of_county = point(trade, county=trade.county)
    make.delivery_relation()
    far = people.organisation("bureau", region=people.region(parent=trade.city))
    for who, number in (
        (trade.maker, 1), (trade.d1, 1), (trade.d2, 0), (trade.a, 1), (trade.bureau, 1),
        (trade.city_bureau, 1), (trade.county_bureau, 1), (far, 0),
        (people.organisation(region=far.region, pool=trade.pool), 0),
    ):  # fmt: skip
        assert visible_relations(trade.scope(who)).count() == number, who.name
    assert visible_relations(trade.scope(trade.d1)).get() == of_county


# --- search, sheet, page --------------------------------------------------------------------------


def test_the_search_says_why(trade: Trade) -> None:
    scope = trade.scope(trade.maker)
    accept(trade, point(trade, valid_from=today()))
    other = people.pool(people.county(), "另一统筹区")
    barred = trade.carrier("配送停")
    people.standing(barred, kind="disqualified", valid_from=today())
    closed = trade.carrier("配送闭")
    Organisation.objects.filter(pk=closed.pk).update(is_active=False)
    told = {
        each.organisation.name: (each.fits, "".join(each.reasons))
        for each in find_distributors(scope, "配送", other)
    }
    assert told["配送一"][0] and told["配送一"][1].startswith(f"目前配送{trade.pool.name}，不在")
    assert told["配送二"][0] and told["配送二"][1].startswith("目前没有生效的配送关系")
    assert told["配送停"][0] is False
    assert told["配送闭"] == (False, "配送闭已停用，不能点选；请另选配送企业")
    (maker,) = find_distributors(scope, "中选企业")
    assert not maker.fits and maker.reasons[0].startswith("中选企业没有登记为配送企业")
    assert find_distributors(scope, "没有这家") == []
    with pytest.raises(MissingInput, match="取消参加集采资格"):
        point(trade, barred, product=trade.other)


def _sheet(*rows: list[str]) -> io.BytesIO:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    page = book.add_worksheet()
    head = [
        "国家医保编码",
        "配送企业信用代码",
        "统筹区代码",
        "县代码",
        "批次代码",
        "生效日期",
        "终止日期",
    ]
    for number, cells in enumerate([head, *rows]):
        page.write_row(number, 0, cells)
    book.close()
    file.seek(0)
    file.name = "配送关系.xlsx"
    return file


def test_a_sheet_is_checked_shown_and_written(trade: Trade, client: Client) -> None:
    client.force_login(trade.user(trade.maker))
    good = [
        trade.product.code,
        trade.d1.code,
        trade.pool.code,
        "",
        trade.batch.code,
        f"{in_days(10)}",
        "",
    ]
    bad = [
        ["XX", "YY", "ZZ", "000000", "BB", f"{in_days(10)}", ""],
        [trade.product.code, trade.maker.code, trade.pool.code, "", "", "2020-01-01", ""],
        [trade.product.code, trade.d1.code, trade.pool.code, "", "", "某日", ""],
    ]
    answer = client.post("/relations/upload/", {"file": _sheet(good, *bad, good)})
    assert answer.status_code == 400
    lines = {(each["line"], each["column"]) for each in answer.context["file_errors"]}
    assert lines == {
        (3, "国家医保编码"), (3, "配送企业信用代码"), (3, "统筹区代码"), (3, "县代码"),
        (3, "批次代码"), (4, "配送企业信用代码"), (5, "生效日期"),
        # Told with the rest: this one can be read, and repeats the second line.
        (6, "国家医保编码"),
    }  # fmt: skip
    twice = client.post("/relations/upload/", {"file": _sheet(good, good)})
    assert "第 2 行重复" in twice.context["file_errors"][0]["message"]
    shown = client.post("/relations/upload/", {"file": _sheet(good)})
    assert (shown.status_code, DeliveryRelation.objects.count()) == (200, 0)
    done = client.post("/relations/upload/", {"token": shown.context["token"]})
    assert (done.status_code, DeliveryRelation.objects.count()) == (302, 1)


def test_pages_point_and_answer(trade: Trade, client: Client) -> None:
    client.force_login(trade.user(trade.maker))
    answer = client.post("/relations/new/", {
        "batch_code": trade.batch.code, "distributor_code": trade.d1.code,
        "pool_codes": [trade.pool.code], "valid_from": f"{in_days(10)}",
    })  # fmt: skip
    assert answer.status_code == 302
    assert DeliveryRelation.objects.filter(batch=trade.batch).count() == 2
    relation = DeliveryRelation.objects.get(product=trade.product)
    again = client.post("/relations/new/", {
        "product_codes": trade.product.code, "batch_code": trade.batch.code,
        "distributor_code": trade.d2.code, "pool_codes": [trade.pool.code],
        "valid_from": f"{in_days(10)}",
    })  # fmt: skip
    assert again.status_code == 409
    assert "已达上限" in again.content.decode()
    client.force_login(trade.user(trade.d1))
    page = client.get(f"/relations/{relation.relation_no}/")
    assert "确认配送" in page.content.decode()
    missing = client.post(f"/relations/{relation.relation_no}/refuse/", {"version": 1})
    assert missing.status_code == 400
    done = client.post(f"/relations/{relation.relation_no}/accept/", {"version": 1})
    assert done.status_code == 302
    stale = client.post(f"/relations/{relation.relation_no}/end/", {
        "version": 1, "ends": f"{in_days(40)}", "words": "停",
    })  # fmt: skip
    assert stale.status_code == 409
    assert client.get("/relations/").context["total"] == 2
    client.force_login(trade.user(trade.d2))
    assert client.get(f"/relations/{relation.relation_no}/").status_code == 404


def test_a_replacement_is_not_overwritten_by_the_draft_of_another(
    trade: Trade, client: Client
) -> None:
    """What was typed to point somebody for another product must not take the place of the old one."""
    point(trade)
    relation = DeliveryRelation.objects.get()
    client.force_login(trade.user(trade.maker))
    plain = client.get("/relations/new/").content.decode()
    assert 'data-draft="relation-new"' in plain
    opened = client.get(f"/relations/new/?replaces={relation.relation_no}").content.decode()
    own = f"relation-new?replaces={relation.relation_no}"
    assert f'data-draft="{own}"' in opened and f'name="_draft" value="{own}"' in opened
    assert f'value="{relation.relation_no}"' in opened


def test_the_printed_list_names_code_under_product(trade: Trade) -> None:
    """A code of 23 letters and digits has no place to break: it stands on a line of its own."""
    point(trade)
    content = confirmation(
        list(DeliveryRelation.objects.select_related("product", "manufacturer", "distributor")),
        printed_for=trade.maker.name, on=today(),
    )  # fmt: skip
    [table] = [each for each in content["blocks"] if each["kind"] == "table"]
    assert table["rows"][0][1].split("\n")[-1] == trade.product.code
    assert len(table["rows"][0]) == len(table["columns"])


def test_of_two_who_point_the_last_one_at_once_one_wins(fresh_database: str) -> None:
    trade = Trade()
    told: list[str] = []
    both = threading.Barrier(2)
    acting = trade.acting(trade.maker)

    def act(carrier: Organisation) -> None:
        both.wait()
        try:
            point_distributors(pointings=[pointing(trade, carrier)], **acting)
            told.append("done")
        except Refusal as refusal:
            told.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(carrier,)) for carrier in (trade.d1, trade.d2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["TransitionRefused", "done"]
    assert DeliveryRelation.objects.count() == 1
    assert morning().date() == today()
