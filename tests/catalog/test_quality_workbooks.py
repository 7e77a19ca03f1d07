"""Sheets of inspections, samples and recalled lots: what is wrong is named by row and column, all or none."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from catalog.models import Inspection, Sampling
from catalog.views.quality_upload import InspectionUploadView, SamplingUploadView
from inbox.models import Notice
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import Recall, RecallHolder
from procurement.operations.recalls import open_recall
from procurement.views.recall_upload import HoldingsUploadView
from tests.days import today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
MAKER, HOSPITAL, PRODUCT = "913600001000000010", "H36010000001", "XB01ACL057A001010100001"
KINDS = {
    "inspections": (InspectionUploadView, "/quality/inspections/upload/"),
    "samples": (SamplingUploadView, "/quality/samplings/upload/"),
    "holdings": (HoldingsUploadView, "/recalls/report-upload/"),
}


class World:
    """A regulator, a maker, 甲医院 with ten packs of L1 and five of L2 under recall."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent and county.parent.parent
        self.maker = people.organisation("enterprise", code=MAKER, region=county)
        self.hospital = people.organisation(code=HOSPITAL, region=county)
        carrier = people.organisation(
            "enterprise", code="913600002000000020", is_manufacturer=False, is_distributor=True
        )
        self.product = make.product(code=PRODUCT, name="氯吡格雷片", manufacturer=self.maker)
        regulator = people.organisation("regulator", region=county.parent.parent)
        self.officer = people.person(regulator, "clerk")
        self.keeper = people.person(self.hospital, "storekeeper")
        parties = Parties(self.hospital, self.maker, carrier)
        for lot, packs in (("L1", 10), ("L2", 5)):
            line = stages.order_line(parties, product=self.product)
            sent = stages.delivery(parties, line, lot_no=lot, packs=packs)
            stages.receipt(parties, line, delivery_id=sent.pk, accepted_packs=packs)
        clerk = people.person(self.maker, "clerk")
        self.recall: Recall = open_recall(
            product=self.product, lots=["L1", "L2"], level="2", reason="杂质", instruction="封存",
            by=clerk, scope=scope_of(clerk, today()), at=timezone.now(),
        )  # fmt: skip

    def good(self, kind: str) -> dict[str, Any]:
        day = f"{today()}"
        rows: dict[str, dict[str, Any]] = {
            "inspections": {
                "enterprise_code": MAKER, "inspected_on": day, "coverage": "生产",
                "findings": "记录不全", "result": "限期整改", "rectify_by": day,
            },
            "samples": {
                "product_code": PRODUCT, "lot_no": "A1", "drawn_from_code": HOSPITAL,
                "sampled_on": day, "paper_no": "检1", "result": "不合格", "failed_items": "溶出度",
            },
            "holdings": {
                "recall_no": self.recall.recall_no, "lot_no": "L1",
                "sent_by": "913600002000000020", "held": 10, "kept": 6, "sent": 0, "used": 4,
            },
        }  # fmt: skip
        return rows[kind]

    def desk(self, client: Client, kind: str) -> Client:
        user: User = self.keeper if kind == "holdings" else self.officer
        client.force_login(user)
        return client


@pytest.fixture
def world() -> World:
    return World()


def sheet(kind: str, rows: list[dict[str, Any]], headings: list[str] | None = None) -> bytes:
    columns = KINDS[kind][0].sheet_columns
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, headings or [column.heading for column in columns])
    for at, row in enumerate(rows, start=1):
        page.write_row(at, 0, [row.get(column.field, "") for column in columns])
    book.close()
    return kept.getvalue()


def upload(client: Client, kind: str, content: bytes) -> Any:
    return client.post(KINDS[kind][1], {"file": SimpleUploadedFile("表.xlsx", content)})


def written() -> int:
    told = RecallHolder.objects.filter(state="reported").count()
    return Inspection.objects.count() + Sampling.objects.count() + told


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("inspections", {"enterprise_code": "91360000X"}, "没有这个统一社会信用代码的企业"),
    ("inspections", {"enterprise_code": HOSPITAL}, "没有这个统一社会信用代码的企业"),
    ("inspections", {"enterprise_code": ""}, "请填写"),
    ("inspections", {"inspected_on": "2026-13-01"}, "日期"),
    ("inspections", {"inspected_on": "2999-01-01"}, "今天"),
    ("inspections", {"result": "还行"}, "还行"),
    ("inspections", {"rectify_by": ""}, "整改期限"),
    ("inspections", {"rectify_by": "2000-01-01"}, "整改期限"),
    ("inspections", {"result": "符合要求"}, "整改期限"),
    ("inspections", {"findings": ""}, "请填写"),
    ("inspections", {"coverage": "长" * 301}, "300"),
    ("samples", {"product_code": "X000"}, "没有这个国家医保编码的产品"),
    ("samples", {"drawn_from_code": "H999"}, "没有这个编码的医疗机构或企业"),
    ("samples", {"lot_no": ""}, "请填写"),
    ("samples", {"sampled_on": "昨天"}, "日期"),
    ("samples", {"sampled_on": "2999-01-01"}, "今天"),
    ("samples", {"result": "未知"}, "未知"),
    ("samples", {"failed_items": ""}, "不合格项目"),
    ("samples", {"result": "合格"}, "不合格项目"),
    ("samples", {"paper_no": "长" * 61}, "60"),
    ("holdings", {"recall_no": "ZH000"}, "没有等本机构报告的这一行"),
    ("holdings", {"lot_no": "L9"}, "没有等本机构报告的这一行"),
    ("holdings", {"sent_by": ""}, "没有等本机构报告的这一行"),
    ("holdings", {"kept": -1}, "0"),
    ("holdings", {"kept": "六"}, "数"),
    ("holdings", {"used": ""}, "请填写"),
    ("holdings", {"used": 3}, "合计 9，与应处置数 10 不符（少 1）"),
    ("holdings", {"used": 3, "why": "破损、遗失或盘亏"}, "请在说明中写明经过"),
    ("holdings", {"used": 9, "why": "破损、遗失或盘亏", "note": "x"}, "（多 5）"),
    ("holdings", {"used": 9, "why": "不知道", "note": "x"}, "不知道"),
    ("holdings", {"kept": "1e99"}, "数"),
]


@pytest.mark.parametrize(("kind", "changes", "said"), BAD)
def test_a_bad_row_is_named_and_nothing_is_written(
    kind: str, changes: dict[str, Any], said: str, world: World, client: Client
) -> None:
    answer = upload(world.desk(client, kind), kind, sheet(kind, [world.good(kind) | changes]))
    text = answer.content.decode()
    assert answer.status_code == 400 and said in text
    assert 'name="token"' in text  # the marked copy of the same sheet
    assert written() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_such_sheet_is_refused_as_a_whole(
    kind: str, world: World, client: Client
) -> None:
    desk, headings = world.desk(client, kind), [c.heading for c in KINDS[kind][0].sheet_columns]
    good = [world.good(kind)]
    for content in (
        b"", b"not a workbook", b"PK\x03\x04broken", sheet(kind, []),
        sheet(kind, good, [*headings[:-1], "别的"]), sheet(kind, good, [headings[0], *headings[:-1]]),
    ):  # fmt: skip
        assert upload(desk, kind, content).status_code == 400
    assert desk.post(KINDS[kind][1], {}).status_code == 400
    assert written() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_row_twice_is_told(kind: str, world: World, client: Client) -> None:
    answer = upload(world.desk(client, kind), kind, sheet(kind, [world.good(kind)] * 2))
    if kind == "inspections":
        assert answer.status_code == 200  # an enterprise may be inspected twice on a day
    else:
        assert answer.status_code == 400 and written() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_sheet_is_shown_then_written(kind: str, world: World, client: Client) -> None:
    desk = world.desk(client, kind)
    shown = upload(desk, kind, sheet(kind, [world.good(kind)]))
    assert shown.status_code == 200 and written() == 0
    token = shown.context["token"]
    assert desk.post(KINDS[kind][1], {"token": f"{token}x"}).status_code == 400
    assert desk.post(KINDS[kind][1], {"token": token}).status_code == 302
    assert written() == 1


def test_the_template_holds_what_waits_and_goes_in_again(world: World, client: Client) -> None:
    desk = world.desk(client, "holdings")
    answer = desk.get("/recalls/report-upload/?template=1")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert "Excel 报告处置数量" in desk.get("/recalls/").content.decode()


def test_more_than_was_ever_received_reaches_the_regulator(world: World, client: Client) -> None:
    row = world.good("holdings") | {
        "used": 9, "why": "另有其他来源（调拨、捐赠、未经平台采购）", "note": "向乙医院调拨 5 盒",
    }  # fmt: skip
    desk = world.desk(client, "holdings")
    shown = upload(desk, "holdings", sheet("holdings", [row]))
    assert (
        desk.post("/recalls/report-upload/", {"token": shown.context["token"]}).status_code == 302
    )
    holder = RecallHolder.objects.get(lot_no="L1")
    assert (holder.difference_kind, holder.difference_packs) == ("other_source", Decimal(5))
    told = Notice.objects.filter(title__contains="多于平台登记")
    assert {each.organisation_id for each in told} == {
        world.maker.pk, world.officer.organisation_id,
    }  # fmt: skip
    client.force_login(world.officer)
    page = client.get(f"/recalls/{world.recall.recall_no}/").content.decode()
    assert "数量不符的报告" in page and "向乙医院调拨 5 盒" in page
    listed = client.get(f"/recalls/{world.recall.recall_no}/holders/?difference=more")
    assert HOSPITAL in listed.content.decode()
    assert (
        HOSPITAL
        not in client.get(
            f"/recalls/{world.recall.recall_no}/holders/?difference=less"
        ).content.decode()
    )
