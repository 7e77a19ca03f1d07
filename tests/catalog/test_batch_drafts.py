"""A batch is made by form or workbook, checked as a whole, and published by another person."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.documents.batch_workbook import template
from catalog.models import Batch, BatchDraft, Group, Selection
from catalog.operations.batch_drafts.make import (
    attach_part,
    make_draft_of_workbook,
    replace_by_workbook,
    workbook_of,
    years_between,
)
from catalog.operations.batch_drafts.publish import publish_draft, return_draft, submit_draft
from catalog.states.batch_draft import DocumentPart
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion
from core.workdays.models import CalendarDay
from inbox.models import Notice, Task
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from tests.catalog.batch_book import (
    CODE_A,
    CODE_B,
    CODE_OTHER,
    Book,
    add,
    book,
    both,
    clear,
    drop,
    put,
    upload,
)
from tests.factories import catalog as make
from tests.factories import organisations as people

NOW = datetime(2026, 5, 20, 10, tzinfo=timezone(timedelta(hours=8)))
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    """江西's bureau, a hospital of 南昌, one of 九江, a manufacturer; its two products are listed."""
    province = people.region("360000", name="江西省")
    cities = [people.region(code, parent=province) for code in ("360100", "360200", "360400")]
    people.region("360102", parent=cities[0])
    home = people.organisation("bureau", region=province)
    maker = people.organisation("enterprise", is_manufacturer=True)
    group = make.group(code="G-1", name="阿托伐他汀", base_unit="片")
    for code in (CODE_A, CODE_B):
        make.product(code=code, name="阿托伐他汀片", group=group, manufacturer=maker)
    make.product(code=CODE_OTHER, group=make.group(code="G-9"), manufacturer=maker)
    nanchang = people.organisation(region=people.region(parent=cities[0]))
    jiujiang = people.organisation(region=people.region(parent=cities[2]))
    away = people.organisation("bureau", region=people.region("370000", name="山东省"))
    return {
        "clerk": people.person(home, "clerk"),
        "reviewer": people.person(home, "reviewer"),
        "leader": people.person(home, "leader"),
        "stranger": people.person(away, "leader"),
        "hospital": people.person(nanchang, "clerk"),
        "far": people.person(jiujiang, "clerk"),
        "maker": people.person(maker, "clerk"),
    }


def scope(user: User) -> Scope:
    return scope_of(user, NOW.date())


def drafted(by: User, body: bytes | None = None) -> BatchDraft:
    return make_draft_of_workbook(
        upload=upload(book() if body is None else body), by=by, scope=scope(by), at=NOW
    )


def complete(draft: BatchDraft, by: User, parts: int = 4) -> BatchDraft:
    for part in list(DocumentPart.values)[:parts]:
        attach_part(
            draft=draft, part=part, upload=SimpleUploadedFile(f"{part}.pdf", PDF), by=by,
            scope=scope(by), at=NOW,
        )  # fmt: skip
    return draft


def submit(draft: BatchDraft, by: User, reason: str = "", at: datetime = NOW) -> BatchDraft:
    return submit_draft(draft=draft, lead_reason=reason, by=by, scope=scope(by), at=at)


def publish(draft: BatchDraft, by: User) -> BatchDraft:
    return publish_draft(draft=draft, by=by, scope=scope(by), at=NOW)


def test_right_workbook_is_published_by_another_with_its_four_parts(cast: dict[str, User]) -> None:
    draft = drafted(cast["clerk"])
    assert (draft.problems, draft.code) == ([], "JX-26-3")
    complete(draft, cast["clerk"])
    submit(draft, cast["clerk"])
    assert not Batch.objects.filter(code="JX-26-3").exists()
    assert Task.objects.filter(object_key=draft.draft_no, done_at=None).count() == 1
    done = publish(draft, cast["leader"])
    batch = Batch.objects.get(code="JX-26-3")
    assert (done.state, done.batch, batch.imported_at) == ("published", batch, NOW)
    assert (batch.issued_on, batch.effective_on) == (date(2026, 6, 1), date(2026, 7, 1))
    found = batch.selections.order_by("product__code", "region__code")
    assert [(s.product.code, s.region.code, s.role, f"{s.price:.2f}") for s in found] == [
        (CODE_A, "360100", "selected", "5.60"), (CODE_A, "360200", "selected", "5.60"),
        (CODE_B, "360000", "standby", "6.10"),
    ]  # fmt: skip
    assert (batch.years.count(), batch.parameters.get().value) == (2, "0.40")
    assert not Task.objects.filter(object_key=draft.draft_no, done_at=None).exists()
    told = set(
        Notice.objects.filter(key__startswith="batch-published:JX-26-3").values_list(
            "organisation_id", flat=True
        )
    )
    concerned = {cast[who].organisation_id for who in ("hospital", "far", "maker", "clerk")}
    assert told == concerned
    trail = AuditEvent.objects.filter(action="batch.publish").get()
    assert (trail.actor_id, trail.detail["selections"]) == (cast["leader"].pk, 3)


def test_supply_in_one_city_tells_that_city_only(cast: dict[str, User]) -> None:
    def one_city(made: Book) -> None:
        for row in (4, 3):
            made["供应地区"].delete_rows(row)
        made["中选结果"].delete_rows(3)

    draft = complete(drafted(cast["clerk"], book(one_city)), cast["clerk"])
    submit(draft, cast["clerk"])
    publish(draft, cast["leader"])
    told = Notice.objects.filter(key__startswith="batch-published:JX-26-3").values_list(
        "organisation_id", flat=True
    )
    assert cast["hospital"].organisation_id in told
    assert cast["far"].organisation_id not in told


@pytest.mark.parametrize("who", ["hospital", "maker", "stranger"])
def test_a_draft_is_not_seen_by_the_trade(client: Client, cast: dict[str, User], who: str) -> None:
    draft = drafted(cast["clerk"])
    client.force_login(cast[who])
    assert client.get(f"/catalog/batch-drafts/{draft.draft_no}/").status_code == 404
    assert client.get(f"/api/v1/batch-drafts/{draft.draft_no}/").status_code == 404
    assert client.get("/catalog/batches/JX-26-3/").status_code == 404
    page = client.get("/catalog/batches/").content.decode()
    assert "江西省第三批" not in page
    with pytest.raises(NotYours):
        publish(draft, cast[who])


def test_nobody_publishes_what_they_handed_in(cast: dict[str, User]) -> None:
    draft = complete(drafted(cast["clerk"]), cast["clerk"])
    submit(draft, cast["reviewer"])
    with pytest.raises(NotYours):
        publish(draft, cast["reviewer"])
    with pytest.raises(NotYours):
        publish(draft, cast["clerk"])
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchDraft.objects.filter(pk=draft.pk).update(published_by_id=cast["reviewer"].pk)
    assert publish(draft, cast["leader"]).batch is not None


def test_returned_draft_is_mended_and_goes_again(cast: dict[str, User]) -> None:
    draft = complete(drafted(cast["clerk"]), cast["clerk"])
    submit(draft, cast["clerk"])
    with pytest.raises(Refusal, match="待复核"):
        replace_by_workbook(
            draft=draft, upload=upload(book()), by=cast["clerk"], scope=scope(cast["clerk"]), at=NOW
        )
    by = cast["leader"]
    with pytest.raises(MissingInput):
        return_draft(draft=draft, note="", by=by, scope=scope(by), at=NOW)
    back = return_draft(draft=draft, note="价格与公告不符", by=by, scope=scope(by), at=NOW)
    mended = replace_by_workbook(
        draft=back, upload=upload(book(put("中选结果", "C2", "5.50"))), by=cast["clerk"],
        scope=scope(cast["clerk"]), at=NOW,
    )  # fmt: skip
    submit(mended, cast["clerk"])
    publish(mended, by)
    assert {str(s.price) for s in Selection.objects.filter(role="selected")} == {"5.5000"}
    with pytest.raises(StaleVersion):
        replace_by_workbook(
            draft=drafted(cast["clerk"]), upload=upload(book()), by=cast["clerk"],
            scope=scope(cast["clerk"]), at=NOW, seen_version=99,
        )  # fmt: skip


@pytest.mark.parametrize(("parts", "missing"), [(3, "约定采购量"), (0, "中选（备选）结果")])
def test_all_four_parts_are_asked_for(cast: dict[str, User], parts: int, missing: str) -> None:
    draft = complete(drafted(cast["clerk"]), cast["clerk"], parts)
    with pytest.raises(Refusal, match=missing):
        submit(draft, cast["clerk"])
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_platform_may_change_between_hand_in_and_publication(cast: dict[str, User]) -> None:
    draft = complete(drafted(cast["clerk"]), cast["clerk"])
    submit(draft, cast["clerk"])
    make.batch(code="JX-26-3")
    with pytest.raises(Refusal, match="数据已有变化"):
        publish(draft, cast["leader"])
    draft.refresh_from_db()
    assert (draft.state, Selection.objects.count()) == ("submitted", 0)


# --- publish_lead_workdays: 20 under jiangxi-2024 ------------------------------------------------


def _issued(workdays: int) -> date:
    """The day of issue that lies so many working days before 2026-07-01."""
    start = CalendarDay.objects.get(date=date(2026, 7, 1))
    rows = CalendarDay.objects.filter(is_workday=True, workday_no=start.workday_no - workdays)
    return rows.get().date


@pytest.mark.parametrize(("workdays", "short"), [(21, False), (20, False), (19, True)])
def test_lead_at_its_boundary(cast: dict[str, User], workdays: int, short: bool) -> None:
    issued = put("日期", "A2", f"{_issued(workdays)}")
    draft = complete(drafted(cast["clerk"], book(issued)), cast["clerk"])
    if short:
        with pytest.raises(MissingInput, match="只有 19 个工作日，应不少于 20 个"):
            submit(draft, cast["clerk"])
        submit(draft, cast["clerk"], reason="国家统一执行时间")
    else:
        submit(draft, cast["clerk"], reason="不需要")
    done = publish(draft, cast["leader"])
    assert (done.lead_workdays, done.lead_needed) == (workdays, 20)
    assert done.lead_reason == ("国家统一执行时间" if short else "")


def test_unpublished_calendar_asks_for_the_reason_too(cast: dict[str, User]) -> None:
    def late(made: Book) -> None:
        made["日期"]["A2"], made["日期"]["B2"] = "2031-06-01", "2031-07-01"
        made["日期"]["C2"] = "2032-06-30"
        made["采购年度"].delete_rows(3)
        made["采购年度"]["B2"], made["采购年度"]["C2"] = "2031-07-01", "2032-06-30"

    draft = complete(drafted(cast["clerk"], book(late)), cast["clerk"])
    with pytest.raises(MissingInput, match="尚未公布"):
        submit(draft, cast["clerk"])


# --- bad workbooks: each mistake at its sheet, row and column ---------------------------------------

BAD: dict[str, tuple[Callable[[Book], None], tuple[str, int, str], str]] = {
    "no results sheet": (drop("中选结果"), ("中选结果", 0, ""), "缺少"),
    "sheet too many": (lambda b: b.create_sheet("附注"), ("附注", 0, ""), "模板没有这个表"),
    "heading gone": (put("中选结果", "C1", None), ("中选结果", 1, "价格"), "缺少这一列"),
    "heading misspelt": (put("品种", "D1", "单位"), ("品种", 1, "单位"), "没有这一列"),
    "heading twice": (put("供应地区", "C1", "行政区划代码"), ("供应地区", 1, "行政区划代码"), "两次"),
    "cell beside the table": (put("品种", "F2", "看这里"), ("品种", 2, ""), "表头以外"),
    "two batches": (
        add("批次", "B2", "又一批", "药品", "省级", "jiangxi-2024"), ("批次", 3, ""), "只填一行",
    ),
    "no batch": (clear("批次", 2), ("批次", 0, ""), "没有内容"),
    "no name": (put("批次", "B2", None), ("批次", 2, "批次名称"), "必填"),
    "unknown category": (put("批次", "C2", "中药"), ("批次", 2, "类别"), "drug"),
    "unknown organizer": (put("批次", "D2", "县级"), ("批次", 2, "组织方"), "province"),
    "unknown policy": (put("批次", "E2", "hunan-2024"), ("批次", 2, "适用政策"), "没有这个政策"),
    "another province's policy": (
        put("批次", "E2", "shandong-2023"), ("批次", 2, "适用政策"), "不是本省的政策",
    ),
    "day that is none": (put("日期", "B2", "2026-02-30"), ("日期", 2, "执行日期"), "日期"),
    "end before start": (put("日期", "C2", "2026-06-30"), ("日期", 2, "周期截止"), "早于"),
    "issued after start": (put("日期", "A2", "2026-07-02"), ("日期", 2, "公布日期"), "晚于执行"),
    "month that is over": (put("日期", "B2", "2026-04-30"), ("日期", 2, "执行日期"), "已经结束"),
    "gap between years": (put("采购年度", "B3", "2027-07-02"), ("采购年度", 3, "起"), "空档"),
    "overlap of years": (put("采购年度", "B3", "2027-06-30"), ("采购年度", 3, "起"), "重叠"),
    "year outside the cycle": (put("采购年度", "C3", "2028-07-01"), ("采购年度", 3, "止"), "周期"),
    "year number twice": (put("采购年度", "A3", "1"), ("采购年度", 3, "年度序号"), "重复"),
    "year number no number": (put("采购年度", "A2", "一"), ("采购年度", 2, "年度序号"), "整数"),
    "group unlike the platform's": (put("品种", "D2", "粒"), ("品种", 2, "计量单位"), "不一致"),
    "group without result": (
        add("品种", "G-2", "氨氯地平", "药品", "片"), ("品种", 3, "品种代码"), "没有中选结果",
    ),
    "group of a product missing": (
        put("品种", "A2", "G-3"), ("中选结果", 2, "国家医保编码"), "不在“品种”表",
    ),
    "unknown product": (
        put("中选结果", "A3", "XC10AAA061A001010100008"), ("中选结果", 3, "国家医保编码"),
        "平台没有这个产品",
    ),
    "product twice": (
        add("中选结果", CODE_A, "中选", "5.5", "", ""), ("中选结果", 2, "国家医保编码"), "重复",
    ),
    "price of nothing": (put("中选结果", "C2", "0"), ("中选结果", 2, "价格"), "大于 0"),
    "price in words": (put("中选结果", "C2", "五元六角"), ("中选结果", 2, "价格"), "数"),
    "price too fine": (put("中选结果", "C2", "5.60001"), ("中选结果", 2, "价格"), "4"),
    "unknown role": (put("中选结果", "B2", "入围"), ("中选结果", 2, "身份"), "selected"),
    "nobody selected": (put("中选结果", "B2", "备供"), ("中选结果", 0, ""), "至少要有一个"),
    "result ends before it begins": (
        both(put("中选结果", "D2", "2027-01-01"), put("中选结果", "E2", "2026-12-31")), ("中选结果", 2, "至"), "早于",
    ),
    "result without region": (
        clear("供应地区", 4), ("中选结果", 3, "国家医保编码"), "没有供应地区",
    ),
    "region of no result": (
        add("供应地区", CODE_OTHER, "360100"), ("供应地区", 5, "国家医保编码"), "没有这个产品",
    ),
    "county as supply region": (
        put("供应地区", "B2", "360102"), ("供应地区", 2, "行政区划代码"), "是县",
    ),
    "another province's region": (
        put("供应地区", "B2", "370000"), ("供应地区", 2, "行政区划代码"), "其他省份",
    ),
    "unknown region": (
        put("供应地区", "B2", "369900"), ("供应地区", 2, "行政区划代码"), "找不到",
    ),
    "unknown parameter": (
        put("执行参数", "A2", "share_max"), ("执行参数", 2, "参数代码"), "没有这个政策参数",
    ),
    "value that is none": (put("执行参数", "B2", "四成"), ("执行参数", 2, "取值"), "不为负的数"),
    "line break in a cell": (put("批次", "B2", "第三\n批"), ("批次", 2, "批次名称"), "换行"),
}  # fmt: skip


BETWEEN = {
    "gap between years", "overlap of years", "year outside the cycle", "year number twice",
    "end before start", "issued after start", "product twice", "result ends before it begins",
    "value that is none",
}  # fmt: skip
"""Mistakes between cells: they can be seen only where the other cell is right."""
PAIRS = [
    (one, other)
    for one, (_, (sheet, row, column), _) in BAD.items()
    for other, (_, place, _) in BAD.items()
    if one < other and column and place[:2] == (sheet, row) and row > 1 and place[2] != column
    and not BETWEEN & {one, other}
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_two_mistakes_of_one_row_are_both_named(
    cast: dict[str, User], pair: tuple[str, str]
) -> None:
    one, other = (BAD[name] for name in pair)
    draft = drafted(cast["clerk"], book(both(one[0], other[0])))
    found = {(each["sheet"], each["row"], each["column"]) for each in draft.problems}
    assert {one[1], other[1]} <= found, found


@pytest.mark.parametrize("name", BAD)
def test_bad_workbook_names_sheet_row_and_column(cast: dict[str, User], name: str) -> None:
    spoil, place, says = BAD[name]
    draft = drafted(cast["clerk"], book(spoil))
    found = {
        (each["sheet"], each["row"], each["column"]): each["reason"] for each in draft.problems
    }
    assert place in found, found
    assert says in found[place]
    assert not Batch.objects.exists()
    complete(draft, cast["clerk"])
    with pytest.raises(Refusal, match="错误"):
        submit(draft, cast["clerk"])


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"", "不是能打开"), (b"PK\x03\x04 broken", "不是能打开"), (b"code,name\n", "不是能打开")],
)
def test_what_is_no_workbook_makes_no_draft(cast: dict[str, User], body: bytes, says: str) -> None:
    with pytest.raises(MissingInput, match=says):
        drafted(cast["clerk"], body)
    assert not BatchDraft.objects.exists()


def test_code_that_exists_and_every_mistake_at_once(cast: dict[str, User]) -> None:
    make.batch(code="JX-26-3")

    def spoil(made: Book) -> None:
        made["中选结果"]["C2"] = "免费"
        made["供应地区"]["B2"] = "360102"
        made["执行参数"]["B2"] = "x"

    draft = drafted(cast["clerk"], book(spoil))
    assert [(each["sheet"], each["row"], each["column"]) for each in draft.problems] == [
        ("批次", 2, "批次代码"), ("中选结果", 2, "价格"), ("供应地区", 2, "行政区划代码"),
        ("执行参数", 2, "取值"),
    ]  # fmt: skip


def test_marked_copy_is_the_same_workbook_and_comes_in_again(cast: dict[str, User]) -> None:
    draft = drafted(cast["clerk"], book(put("中选结果", "C2", "免费")))
    copy = openpyxl.load_workbook(io.BytesIO(workbook_of(draft)))
    sheet = copy["中选结果"]
    assert (sheet["A2"].value, sheet["F1"].value) == (CODE_A, "错误说明")
    assert "价格：" in sheet["F2"].value and sheet["F3"].value is None
    sheet["C2"].value = 5.6
    mended = io.BytesIO()
    copy.save(mended)
    by = cast["clerk"]
    again = replace_by_workbook(
        draft=draft, upload=upload(mended.getvalue()), by=by, scope=scope(by), at=NOW
    )
    assert again.problems == []


def test_dates_and_numbers_may_be_typed_as_excel_has_them(cast: dict[str, User]) -> None:
    def typed(made: Book) -> None:
        made["日期"]["B2"] = date(2026, 7, 1)
        made["采购年度"]["A2"] = 1
        made["中选结果"]["C2"] = 5.6
        made["供应地区"]["B2"] = 360100

    draft = drafted(cast["clerk"], book(typed))
    assert draft.problems == []
    assert draft.content["results"][0]["cells"]["price"] == "5.6"


def test_empty_template_says_what_every_sheet_needs(cast: dict[str, User]) -> None:
    draft = drafted(cast["clerk"], template())
    assert {each["sheet"] for each in draft.problems} == {
        "批次", "日期", "采购年度", "品种", "中选结果", "供应地区",
    }  # fmt: skip


def test_years_of_a_cycle() -> None:
    rows = [row["cells"] for row in years_between(date(2026, 7, 1), date(2028, 12, 31))]
    assert [(row["starts_on"], row["ends_on"]) for row in rows] == [
        ("2026-07-01", "2027-06-30"), ("2027-07-01", "2028-06-30"), ("2028-07-01", "2028-12-31"),
    ]  # fmt: skip
    leap = years_between(date(2028, 2, 29), date(2029, 12, 31))
    assert [row["cells"]["starts_on"] for row in leap] == ["2028-02-29", "2029-03-01"]


def test_pages_from_the_form_to_the_hospital(client: Client, cast: dict[str, User]) -> None:
    client.force_login(cast["clerk"])
    wrong = client.post("/catalog/batch-drafts/new/", {"name": "第四批"})
    assert (wrong.status_code, "请填写" in wrong.content.decode()) == (400, True)
    made = client.post(
        "/catalog/batch-drafts/new/",
        {
            "code": "JX-26-4", "name": "第四批", "category": "drug", "organizer": "province",
            "policy_code": "jiangxi-2024", "issued_on": "2026-06-01",
            "effective_on": "2026-07-01", "ends_on": "2028-06-30",
        },
    )  # fmt: skip
    own = made.headers["Location"]
    assert "“品种”表没有内容" in client.get(own).content.decode()
    for sheet, row in (
        ("groups", {"code": "G-1", "name": "阿托伐他汀", "category": "drug", "base_unit": "片"}),
        ("results", {"product_code": CODE_A, "role": "selected", "price": "5.6"}),
        ("regions", {"product_code": CODE_A, "region_code": "360100"}),
    ):
        assert client.post(f"{own}rows/{sheet}/", row).status_code == 302
    for part in DocumentPart.values:
        sent = client.post(
            f"{own}part/", {"part": part, "file": SimpleUploadedFile(f"{part}.pdf", PDF)}
        )
        assert sent.status_code == 302
    assert client.post(f"{own}submit/", {}).status_code == 302
    client.force_login(cast["leader"])
    assert "复核发布" in client.get(own).content.decode()
    assert client.post(f"{own}publish/", {}).status_code == 302
    client.force_login(cast["hospital"])
    page = client.get("/catalog/batches/JX-26-4/").content.decode()
    assert "医保支付政策：payment.pdf" in page and "公布日期" in page and "导入时间" in page
    file = client.get("/catalog/batches/JX-26-4/documents/payment/")
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]
    assert client.get(f"{own}parts/payment/").status_code == 404
    assert Group.objects.filter(code="G-1").count() == 1
    assert Organisation.objects.exists() and Region.objects.exists()


def test_api_makes_checks_and_publishes(client: Client, cast: dict[str, User]) -> None:
    client.force_login(cast["clerk"])
    sent = client.post("/api/v1/batch-drafts/workbook/", {"file": upload(book(clear("日期", 2)))})
    number = sent.json()["draft_no"]
    assert (sent.status_code, sent.json()["problem_count"] > 0) == (201, True)
    mended = client.post(f"/api/v1/batch-drafts/{number}/replace/", {"file": upload(book())})
    assert (mended.status_code, mended.json()["problems"]) == (200, [])
    for part in DocumentPart.values:
        done = client.post(
            f"/api/v1/batch-drafts/{number}/part/",
            {"part": part, "file": SimpleUploadedFile("x.pdf", PDF)},
        )
        assert done.status_code == 200
    steps = [("clerk", "submit", "submitted"), ("leader", "publish", "published")]
    for user, verb, state in steps:
        client.force_login(cast[user])
        said = client.post(
            f"/api/v1/batch-drafts/{number}/{verb}/", {}, content_type="application/json"
        )
        assert (said.status_code, said.json()["state"]) == (200, state)
    assert client.get("/api/v1/batches/JX-26-3/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins(cast: dict[str, User]) -> None:
    """The batch, its results and its notices are written once."""
    draft = submit(complete(drafted(cast["clerk"]), cast["clerk"]), cast["clerk"])
    said: list[str] = []
    both_there = threading.Barrier(2)

    def act(user: User) -> None:
        both_there.wait()
        try:
            publish(draft, user)
            said.append("done")
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(cast[who],)) for who in ("reviewer", "leader")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["TransitionRefused", "done"]
    batch = Batch.objects.get()
    assert Selection.objects.filter(batch=batch).count() == len(
        set(Selection.objects.filter(batch=batch).values_list("product", "region"))
    )
    assert AuditEvent.objects.filter(action="batch_draft.publish").count() == 1
