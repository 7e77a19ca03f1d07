"""Service prices and collective purchasing (S2-9): what is a candidate, what is adjusted, who goes first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.formulas.service_cost import Consumable, PricedProduct, service_cost
from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from catalog.operations.service_candidates import (
    adjust_service,
    decline_candidate,
    evaluate_candidate,
    list_candidates,
)
from catalog.operations.service_eligibility import enter_eligibility
from catalog.operations.services import set_deferred_day, set_service_price, tie_consumable
from catalog.queries.service_prices import applied_of, applied_prices
from catalog.rules.service_price import below_median, is_candidate, may_be_evaluated
from core.audit.models import AuditEvent
from core.lists.workbook import write_workbook
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from tests.days import in_days, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import services as made


def used(before: str, now: str, units: str = "1") -> PricedProduct:
    return PricedProduct("X", "髋关节", Decimal(before), Decimal(now), Decimal(units), "旧", "新")


def test_cost_of_one_service_is_made_of_named_steps() -> None:
    hip = Consumable("髋关节", Decimal(1), "套", (used("30000", "7000"), used("32000", "9000")))
    glue = Consumable("骨水泥", Decimal("1.5"), "袋", (used("800", "500", "3"),))
    cost = service_cost([hip, glue])
    assert (cost.before, cost.now, cost.change) == (
        Decimal("31400.00"), Decimal("8250.00"), Decimal("-23150.00"),
    )  # fmt: skip
    assert [step.label for step in cost.steps] == [
        "髋关节", "髋关节", "髋关节单价", "髋关节成本", "髋关节", "骨水泥单价", "骨水泥成本",
        "每次服务耗材成本",
    ]  # fmt: skip
    assert cost.steps[3].kept()["change"] == "-23000.000000"


def test_cost_is_rounded_once() -> None:
    """Three thirds of a cent are a cent; rounding each would make them nothing."""
    each = Consumable("缝线", Decimal("1"), "根", (used("0.01", "0.02", "3"),))
    assert service_cost([each] * 3).before == Decimal("0.01")
    with pytest.raises(ValueError, match="没有可比的产品"):
        service_cost([Consumable("空", Decimal(1), "根", ())])


@pytest.mark.parametrize(
    ("ground", "change", "listed"),
    [("separate", "-0.01", True), ("separate", "0", False), ("separate", "5", False),
     ("included", "-0.01", True), ("included", "0", False), ("included", "0.01", True)],
)  # fmt: skip
def test_what_is_a_candidate(ground: str, change: str, listed: bool) -> None:
    assert is_candidate(ground, Decimal(change)) == listed


def test_below_a_median_is_below_either() -> None:
    price = Decimal("3000")
    assert below_median(price, Decimal("3000.01"), None)
    assert below_median(price, Decimal("2000"), Decimal("3001"))
    assert not below_median(price, Decimal("3000"), None)
    assert not below_median(price, None, None)


@pytest.mark.parametrize(
    ("ground", "way", "ok"),
    [("separate", "annual", True), ("separate", "special", True), ("separate", "dynamic", False),
     ("included", "dynamic", True), ("included", "annual", False), ("included", "", False)],
)  # fmt: skip
def test_each_ground_has_its_ways(ground: str, way: str, ok: bool) -> None:
    assert may_be_evaluated(ground, way).ok == ok


def _price(
    start: int, *, held: bool = False, deferred: int | None = None, end: int | None = None
) -> Any:
    day = today() + timedelta(days=start)
    return ServicePrice(
        price=100 + start, valid_from=day, held_back=held,
        valid_to=None if end is None else today() + timedelta(days=end),
        deferred_from=None if deferred is None else today() + timedelta(days=deferred),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("deferred", "first", "start"),
    [(None, True, -5), (None, False, -100), (1, False, -100), (0, False, -5), (-1, False, -5)],
    ids=["goes first", "no day set", "a day before", "on the day", "after it"],
)
def test_who_waits_keeps_the_price_before(deferred: int | None, first: bool, start: int) -> None:
    rows = [_price(-100, end=-5), _price(-5, held=True, deferred=deferred)]
    applied = applied_of(rows, today(), first=first, assessed=True)
    assert applied is not None and applied.price.valid_from == today() + timedelta(days=start)
    assert (applied.waits_for is None) == (start == -5)


def test_a_new_service_without_an_earlier_price_has_none_for_who_waits() -> None:
    assert applied_of([_price(-5, held=True)], today(), first=False, assessed=False) is None
    assert applied_of([_price(-9, end=-5)], today(), first=False, assessed=False) is None


@dataclass
class Stage:
    province: Region
    city: Region
    officer: User
    clerk: User
    hospital: Organisation
    item: ServiceItem
    tie: ServiceConsumable

    def scope(self, user: User | None = None) -> Scope:
        return scope_of(user or self.officer, today())

    def find(self) -> list[ServiceCandidate]:
        return list_candidates(by=self.officer, scope=self.scope(), at=timezone.now()).rows


@pytest.fixture
def stage(db: None) -> Stage:
    """A hip replacement whose prosthesis fell from 30,000 to 7,000, charged inside the price."""
    province = people.region(name="江右省")
    city = people.region(parent=province)
    bureau = people.organisation("bureau", region=province)
    officer, clerk = people.person(bureau, "reviewer"), people.person(bureau, "clerk")
    hospital = people.organisation(region=people.region(parent=city), level="tertiary")
    group = make.group(code="HIP", name="髋关节", category="consumable", base_unit="套")
    product = make.product(
        code="C01", name="髋关节系统", group=group, base_units_per_pack=1, category="consumable"
    )
    start = today() - timedelta(days=60)
    batch = make.batch(effective_on=start, ends_on=today() + timedelta(days=600))
    make.selection(batch=batch, product=product, region=province, price=7000)
    make.listed_price(
        product=product, price=30000, valid_from=start - timedelta(days=300), valid_to=start
    )
    item = made.service_item(code="331501", name="人工髋关节置换术")
    made.service_price(item=item, region=province, price=4500)
    tie = made.service_consumable(item=item, group=group)
    return Stage(province, city, officer, clerk, hospital, item, tie)


def test_contained_consumables_make_a_candidate_with_frozen_figures(stage: Stage) -> None:
    (row,) = stage.find()
    assert (row.ground, row.cost_before, row.cost_after) == ("included", 30000, 7000)
    assert row.steps[0]["code"] == "C01" and "集采前 30000 元" in row.steps[0]["formula"]
    assert not row.accelerated
    assert Task.objects.filter(act="evaluate_service_price", object_key=row.candidate_no).exists()
    again = list_candidates(by=stage.officer, scope=stage.scope(), at=timezone.now())
    assert (again.rows, again.known) == ([], 1)


@pytest.mark.parametrize(("median", "accelerated"), [("4500", False), ("4500.01", True)])
def test_separately_charged_goes_first_and_faster_below_the_median(
    stage: Stage, median: str, accelerated: bool
) -> None:
    ServiceConsumable.objects.update(way="separate")
    made.service_price(item=stage.item, region=stage.province, kind="neighbours", price=median)
    (row,) = stage.find()
    assert (row.ground, row.accelerated) == ("separate", accelerated)


def test_without_a_price_before_or_of_its_own_nothing_is_guessed(stage: Stage) -> None:
    from catalog.models import ListedPrice

    ServicePrice.objects.update(valid_to=today())
    found = list_candidates(by=stage.officer, scope=stage.scope(), at=timezone.now())
    assert found.rows == [] and "本地区没有现行价格" in found.left_out[0]
    ListedPrice.objects.update(valid_from=today(), valid_to=None)
    found = list_candidates(by=stage.officer, scope=stage.scope(), at=timezone.now())
    assert found.rows == [] and "没有集采前一日的挂网价" in found.left_out[0]


def test_from_candidate_to_a_price_that_some_charge_first(stage: Stage) -> None:
    at = timezone.now()
    (row,) = stage.find()
    waiting = people.organisation(region=stage.city)
    doctor = people.person(stage.hospital, "clerk")
    other = people.person(waiting, "clerk")
    enter_eligibility(
        institution=stage.hospital, year=today().year, verdict="first", share=Decimal("0.97"),
        reason="约定量完成", clause="考核〔2026〕1号", valid_from=today(), by=stage.officer,
        scope=stage.scope(), at=at,
    )  # fmt: skip
    with pytest.raises(MissingInput, match="动态调整"):
        evaluate_candidate(
            candidate=row, way="annual", opinion="x", by=stage.clerk,
            scope=stage.scope(stage.clerk), at=at,
        )  # fmt: skip
    row = evaluate_candidate(
        candidate=row, way="dynamic", opinion="耗材成本下降 23,000 元", by=stage.clerk,
        scope=stage.scope(stage.clerk), at=at, seen_version=1,
    )  # fmt: skip
    values: dict[str, Any] = {
        "candidate": row, "price": Decimal("3900"), "valid_from": today(), "clause": "调价〔2026〕2号",
        "opinion": "同意", "held_back": True, "deferred_from": None, "at": at,
    }  # fmt: skip
    with pytest.raises(NotYours):
        adjust_service(**values, by=stage.clerk, scope=stage.scope(stage.clerk))
    with pytest.raises(StaleVersion):
        adjust_service(**values, by=stage.officer, scope=stage.scope(), seen_version=1)
    assert ServicePrice.objects.count() == 1
    with pytest.raises(MissingInput, match="不需要调整"):
        adjust_service(**values | {"price": Decimal("4500")}, by=stage.officer, scope=stage.scope())
    row = adjust_service(**values, by=stage.officer, scope=stage.scope(), seen_version=2)
    assert row.state == "adjusted" and row.new_price is not None
    assert not Task.objects.filter(object_key=row.candidate_no, done_at=None).exists()
    told = Notice.objects.filter(key__startswith=f"service-price:{row.candidate_no}")
    assert {each.organisation_id for each in told} >= {stage.hospital.pk, waiting.pk}
    own = applied_prices(scope_of(doctor, today()), [stage.item.pk], today())[stage.item.pk]
    assert (own.price.price, own.words) == (3900, "优先执行")
    theirs = applied_prices(scope_of(other, today()), [stage.item.pk], today())[stage.item.pk]
    assert (theirs.price.price, theirs.words) == (4500, "尚无考核结果，先按原价格")
    set_deferred_day(
        row=row.new_price, deferred_from=in_days(10), by=stage.officer, scope=stage.scope(), at=at
    )
    then = applied_prices(scope_of(other, today()), [stage.item.pk], in_days(10))[stage.item.pk]
    assert then.price.price == 3900
    with pytest.raises(TransitionRefused):
        decline_candidate(
            candidate=row, reason="晚了", by=stage.officer, scope=stage.scope(), at=at
        )
    acts = set(
        AuditEvent.objects.filter(object_type="service_candidate").values_list("action", flat=True)
    )
    assert acts == {f"service_candidate.{verb}" for verb in ("find", "list", "evaluate", "adjust")}


def test_prices_of_past_days_stay_and_regions_keep_their_own(stage: Stage) -> None:
    at = timezone.now()
    price: dict[str, Any] = {"item": stage.item, "kind": "in_force", "clause": "文件"}
    city_bureau = people.person(people.organisation("bureau", region=stage.city), "clerk")
    county = people.person(
        people.organisation("bureau", region=people.region(parent=stage.city)), "clerk"
    )
    with pytest.raises(MissingInput, match="不能早于今天"):
        set_service_price(
            **price, price=Decimal(1), valid_from=today() - timedelta(days=1), by=stage.officer,
            scope=stage.scope(), at=at,
        )  # fmt: skip
    first = set_service_price(
        **price, price=Decimal(4000), valid_from=date(2020, 1, 1), by=city_bureau,
        scope=scope_of(city_bureau, today()), at=at,
    )  # fmt: skip
    assert first.region == stage.city
    with pytest.raises(NotYours):
        set_service_price(
            **price,
            price=Decimal(1),
            valid_from=in_days(10),
            by=county,
            scope=scope_of(county, today()),
            at=at,
        )
    with pytest.raises(NotYours):
        tie_consumable(
            item=stage.item, group=make.group(category="consumable"), way="included",
            quantity=Decimal(1), valid_from=today(), clause="文件", by=city_bureau,
            scope=scope_of(city_bureau, today()), at=at,
        )  # fmt: skip
    with pytest.raises(MissingInput, match="只关联医用耗材"):
        tie_consumable(
            item=stage.item, group=make.group(), way="included", quantity=Decimal(1),
            valid_from=today(), clause="文件", by=stage.officer, scope=stage.scope(), at=at,
        )  # fmt: skip
    foreign = people.organisation()
    with pytest.raises(MissingInput, match="本地区没有这家医疗机构"):
        enter_eligibility(
            institution=foreign, year=today().year, verdict="first", share=None, reason="x",
            clause="x", valid_from=today(), by=stage.officer, scope=stage.scope(), at=at,
        )  # fmt: skip


# --- pages and sheets ---------------------------------------------------------------------------

HEADS = {
    "services": ["项目编码", "项目名称", "计价单位", "类别", "项目内涵"],
    "service-prices": ["项目编码", "种类", "机构等级", "价格", "起始日", "依据"],
    "service-consumables": ["项目编码", "品种代码", "国家医保编码", "收费方式", "每次用量", "起始日", "依据"],
    "service-eligibility": ["医疗机构编码", "考核年度", "结论", "考核值", "理由", "起始日", "依据"],
}  # fmt: skip


def bad_rows() -> list[tuple[str, list[Any], str]]:
    day, past, year = f"{in_days(10)}", f"{in_days(-1)}", today().year
    return [
        ("services", ["33", "术", "次", "手术治疗", ""], "4 至 20 位"),
        ("services", ["331502", "", "次", "手术治疗", ""], "请填写"),
        ("services", ["331502", "术", "次", "外科", ""], "应为手术治疗"),
        ("service-prices", ["339999", "现行价格", "", 1, day, "文件"], "没有这个服务项目"),
        ("service-prices", ["331501", "价格", "", 1, day, "文件"], "应为现行价格"),
        ("service-prices", ["331501", "现行价格", "甲级", 1, day, "文件"], "应为"),
        ("service-prices", ["331501", "现行价格", "", "三千", day, "文件"], "请填写数字"),
        ("service-prices", ["331501", "现行价格", "", 0, day, "文件"], "应大于 0"),
        ("service-prices", ["331501", "现行价格", "", "1.00001", day, "文件"], "最多四位小数"),
        ("service-prices", ["331501", "现行价格", "", 1, past, "文件"], "早于今天"),
        ("service-prices", ["331501", "现行价格", "", 1, "明天", "文件"], "日期写成"),
        ("service-prices", ["331501", "全国中位价", "三级", 1, day, "文件"], "不分机构等级"),
        ("service-prices", ["331501", "现行价格", "", 1, day, ""], "请填写"),
        ("service-consumables", ["331501", "HIP", "C01", "项目内收费", 1, day, "文件"], "两项都填了"),
        ("service-consumables", ["331501", "", "", "项目内收费", 1, day, "文件"], "都没有填写"),
        ("service-consumables", ["331501", "NONE", "", "项目内收费", 1, day, "文件"], "没有这个品种"),
        ("service-consumables", ["331501", "DRUG", "", "项目内收费", 1, day, "文件"], "不是耗材"),
        ("service-consumables", ["331501", "HIP", "", "内", 1, day, "文件"], "应为项目外单独收费"),
        ("service-consumables", ["331501", "HIP", "", "项目内收费", 0, day, "文件"], "应大于 0"),
        ("service-eligibility", ["H0", year, "优先执行", "", "好", day, "文件"], "没有这家医疗机构"),
        ("service-eligibility", ["HOME", year - 3, "优先执行", "", "好", day, "文件"], "应为"),
        ("service-eligibility", ["HOME", year, "先", "", "好", day, "文件"], "应为优先执行"),
        ("service-eligibility", ["HOME", year, "优先执行", -1, "好", day, "文件"], "0"),
        ("service-eligibility", ["HOME", year, "优先执行", "", "", day, "文件"], "请填写"),
        ("service-eligibility", ["HOME", year, "优先执行", "", "好", past, "文件"], "早于今天"),
    ]  # fmt: skip


def workbook(kind: str, *rows: list[Any]) -> io.BytesIO:
    file = io.BytesIO()
    write_workbook(file, columns=[(word, 12) for word in HEADS[kind]], rows=rows)
    file.seek(0)
    file.name = "服务.xlsx"
    return file


@pytest.fixture
def desk(stage: Stage, client: Client) -> Iterator[Client]:
    make.group(code="DRUG")
    Organisation.objects.filter(pk=stage.hospital.pk).update(code="HOME")
    client.force_login(stage.officer)
    yield client


def test_bad_sheets_say_where_and_write_nothing(desk: Client) -> None:
    before = (ServiceItem.objects.count(), ServicePrice.objects.count())
    for kind, row, message in bad_rows():
        answer = desk.post(f"/catalog/{kind}-upload/", {"file": workbook(kind, row)})
        found = [error["message"] for error in answer.context["file_errors"]]
        assert answer.status_code == 400 and any(message in each for each in found), (
            kind,
            row,
            found,
        )
        assert answer.context["file_errors"][0]["line"] == 2
        marked = desk.post(f"/catalog/{kind}-upload/", {"token": answer.context["marked_token"]})
        assert marked.headers["Content-Type"].endswith("sheet")
    twice = ["331501", "HIP", "", "项目内收费", 1, f"{in_days(10)}", "文件"]
    answer = desk.post(
        "/catalog/service-consumables-upload/",
        {"file": workbook("service-consumables", twice, twice)},
    )
    assert "与第 2 行重复" in answer.context["file_errors"][0]["message"]
    assert before == (ServiceItem.objects.count(), ServicePrice.objects.count())
    assert not ServiceEligibility.objects.exists()


def test_sheets_go_in_whole_and_templates_come_back(desk: Client, stage: Stage) -> None:
    good: dict[str, list[list[Any]]] = {
        "services": [["331502", "膝关节置换术", "次", "手术治疗", ""], ["331501", "髋", "次", "手术治疗", ""]],
        "service-prices": [["331501", "现行价格", "三级", 4800, f"{in_days(10)}", "文件"], ["331501", "全国中位价", "", 5000, f"{in_days(-1)}", "公布"]],
        "service-consumables": [["331502", "", "C01", "项目外单独收费", 2, f"{in_days(10)}", "文件"]],
        "service-eligibility": [["HOME", today().year, "暂缓执行", 0.4, "未完成", f"{in_days(10)}", "文件"]],
    }  # fmt: skip
    for kind, rows in good.items():
        shown = desk.post(f"/catalog/{kind}-upload/", {"file": workbook(kind, *rows)})
        assert shown.status_code == 200, shown.context.get("file_errors")
        done = desk.post(f"/catalog/{kind}-upload/", {"token": shown.context["token"]})
        assert done.status_code == 302, done.content.decode()[-500:]
        assert desk.get(f"/catalog/{kind}-upload/?template=1").content[:2] == b"PK"
        again = desk.get(done.headers["Location"] + "?q=")
        assert again.status_code == 200
    assert ServiceItem.objects.get(code="331501").row_version == 2
    assert ServiceEligibility.objects.get().share == Decimal("0.4")


def test_pages_from_the_first_item_to_the_decision(desk: Client, stage: Stage) -> None:
    """One journey by pages: list, evaluate with a paper, decline; the hospital reads its own price."""
    found = desk.post("/catalog/service-candidates-find/")
    assert found.status_code == 302
    row = ServiceCandidate.objects.get()
    page = desk.get(f"/catalog/service-candidates/{row.candidate_no}/").content.decode()
    assert "项目内耗材成本变化" in page and "-23,000.00" in page and "开始评估" in page
    paper = io.BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    paper.name = "测算.pdf"
    sent = {"version": "1", "way": "dynamic", "opinion": "成本下降", "files": paper}
    assert (
        desk.post(f"/catalog/service-candidates/{row.candidate_no}/evaluate/", sent).status_code
        == 302
    )
    page = desk.get(f"/catalog/service-candidates/{row.candidate_no}/").content.decode()
    assert "测算.pdf" in page
    wrong = desk.post(
        f"/catalog/service-candidates/{row.candidate_no}/adjust/",
        {"version": "2", "price": "4000", "valid_from": f"{in_days(40)}", "clause": "文", "opinion": "同意",
         "deferred_from": f"{in_days(10)}"},
    )  # fmt: skip
    assert wrong.status_code == 400 and "没有勾选差别执行" in wrong.content.decode()
    stale = desk.post(
        f"/catalog/service-candidates/{row.candidate_no}/decline/", {"version": "1", "reason": "x"}
    )
    assert stale.status_code == 409
    done = desk.post(
        f"/catalog/service-candidates/{row.candidate_no}/decline/",
        {"version": "2", "reason": "本年调价总量已满"},
    )
    assert done.status_code == 302
    item = desk.get("/catalog/services/331501/").content.decode()
    assert "不予调整" in item and "髋关节成本" in item
    hospital = Client()
    hospital.force_login(people.person(stage.hospital, "clerk"))
    page = hospital.get("/catalog/services/331501/").content.decode()
    assert "本机构执行价" in page and "4,500.00" in page and "不予调整" not in page
    assert hospital.get(f"/catalog/service-candidates/{row.candidate_no}/").status_code == 404
    assert "本机构执行价" in hospital.get("/catalog/services/").content.decode()
