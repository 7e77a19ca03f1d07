"""Editions of substitutes and factors: two people, whole months, ended months as they were."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.forms.edition import read_lines, read_rows
from catalog.models import CatalogueEdition, Conversion, Substitute
from catalog.operations.editions import NewLine, bring_conversions, decide_edition, propose_edition
from catalog.queries.editions import factor_on, substitutes_on
from core.audit.record import SystemActor
from core.lists.sheet import SheetRefused
from core.transitions import NotYours, TransitionRefused
from inbox.models import Task
from monitoring.indicators.render import fill
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from tests.days import today
from tests.factories import catalog as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db


def month() -> date:
    return today().replace(day=1)


def following() -> date:
    return (month() + timedelta(days=32)).replace(day=1)


def eve() -> date:
    return month() - timedelta(days=1)


class Bureau:
    def __init__(self) -> None:
        self.office = people.organisation("bureau", region=people.region())
        self.one, self.two = (self.user("clerk"), self.user("reviewer"))
        self.group = make.group(code="G1")
        self.product = make.product(code="XS1", base_units_per_pack=28)

    def user(self, *roles: str) -> User:
        made = people.person(self.office, *roles)
        return User.objects.select_related("organisation__region").get(pk=made.pk)

    @property
    def scope(self) -> Scope:
        return scope_of(self.one, today())

    def acting(self, user: User) -> dict[str, Any]:
        return {"by": user, "scope": scope_of(user, today()), "at": timezone.now()}

    def propose(self, *lines: NewLine, **changes: Any) -> CatalogueEdition:
        values: dict[str, Any] = {
            "kind": "substitutes", "title": "第一版", "basis": "赣医保〔2026〕9号",
            "effective_from": month(), "lines": lines,
        }  # fmt: skip
        return propose_edition(**values | self.acting(self.one) | changes)

    def add(self) -> NewLine:
        return NewLine("add", self.product, self.group)

    def factor(self, number: str) -> NewLine:
        return NewLine("set", self.product, factor=Decimal(number))

    def publish(self, edition: CatalogueEdition, verb: str = "publish") -> CatalogueEdition:
        return decide_edition(edition=edition, verb=verb, note="x", **self.acting(self.two))


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def _read(bureau: Bureau, last_day: date) -> Decimal:
    """The factor that a month with this last day is computed with."""
    with connection.cursor() as cursor:
        cursor.execute(
            fill("SELECT p.base_units_per_pack FROM {product} p WHERE p.id = %(id)s"),
            {"last_day": last_day, "id": bureau.product.pk},
        )
        (number,) = cursor.fetchone()
    return Decimal(number)


def test_nothing_holds_until_another_person_publishes(bureau: Bureau) -> None:
    edition = bureau.propose(bureau.add())
    assert not Substitute.objects.exists()
    with pytest.raises(NotYours):
        decide_edition(edition=edition, verb="publish", **bureau.acting(bureau.one))
    bureau.publish(edition)
    assert [x.edition for x in substitutes_on(bureau.scope, month())] == [edition]
    assert not substitutes_on(bureau.scope, eve()).exists()
    assert Task.objects.get(object_key=edition.edition_no).done_at is not None


def test_undated_substitute_ends_with_the_day_before(bureau: Bureau) -> None:
    Substitute.objects.create(group=bureau.group, product=bureau.product)
    bureau.publish(bureau.propose(NewLine("end", bureau.product, bureau.group)))
    assert substitutes_on(bureau.scope, eve()).count() == 1
    assert substitutes_on(bureau.scope, month()).count() == 0


def test_ended_months_read_the_factor_that_held_in_them(bureau: Bureau) -> None:
    bureau.publish(bureau.propose(bureau.factor("14"), kind="conversions"))
    bureau.product.refresh_from_db()
    assert bureau.product.base_units_per_pack == 14
    assert (_read(bureau, eve()), _read(bureau, month())) == (28, 14)
    assert (factor_on(bureau.product, eve()), factor_on(bureau.product, month())) == (28, 14)


def test_factor_of_a_later_month_waits_for_its_day(bureau: Bureau) -> None:
    bureau.publish(
        bureau.propose(bureau.factor("14"), kind="conversions", effective_from=following())
    )
    bureau.product.refresh_from_db()
    assert bureau.product.base_units_per_pack == 28
    at = timezone.now() + (following() - today())
    assert bring_conversions(by=SystemActor("测试"), at=at) == 1
    bureau.product.refresh_from_db()
    assert bureau.product.base_units_per_pack == 14
    assert Conversion.objects.filter(product=bureau.product).count() == 2


@pytest.mark.parametrize("day", [lambda: eve().replace(day=1), lambda: month() + timedelta(days=1)])
def test_day_is_a_months_first_and_not_of_an_ended_month(
    bureau: Bureau, day: Callable[[], date]
) -> None:
    with pytest.raises(TransitionRefused):
        bureau.propose(bureau.add(), effective_from=day())


def test_what_changes_nothing_or_overlaps_is_refused(bureau: Bureau) -> None:
    with pytest.raises(TransitionRefused):
        bureau.propose(NewLine("end", bureau.product, bureau.group))
    with pytest.raises(TransitionRefused):
        bureau.propose(bureau.add(), bureau.add())
    with pytest.raises(TransitionRefused):
        bureau.propose(bureau.factor("28"), kind="conversions")
    waiting = bureau.propose(bureau.add(), effective_from=following())
    with pytest.raises(TransitionRefused):
        bureau.propose(bureau.add())
    bureau.publish(waiting)
    with pytest.raises(TransitionRefused):
        bureau.propose(bureau.add())
    with pytest.raises(TransitionRefused):
        bureau.propose(NewLine("end", bureau.product, bureau.group), effective_from=following())


def _book(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


HEAD = ["品种代码", "国家医保编码", "变化", "依据"]
FACTORS = ["国家医保编码", "每包装计量单位数", "依据"]
BAD: dict[str, tuple[str, bytes]] = {
    "没有行": ("substitutes", _book([HEAD])),
    "不是工作簿": ("substitutes", b"PK\x03\x04broken"),
    "是文本": ("substitutes", "品种代码".encode()),
    "缺列": ("substitutes", _book([HEAD[:3], ["G1", "XS1", "增加"]])),
    "多列": ("substitutes", _book([[*HEAD, "备注"], ["G1", "XS1", "增加", "", ""]])),
    "重复列": ("substitutes", _book([[*HEAD, "依据"], ["G1", "XS1", "增加", "", ""]])),
    "列外有字": ("substitutes", _book([HEAD, ["G1", "XS1", "增加", "", "？"]])),
    "没有品种": ("substitutes", _book([HEAD, ["G9", "XS1", "增加", ""]])),
    "没有产品": ("substitutes", _book([HEAD, ["G1", "XS9", "增加", ""]])),
    "不认识的变化": ("substitutes", _book([HEAD, ["G1", "XS1", "删除", ""]])),
    "重复行": ("substitutes", _book([HEAD, ["G1", "XS1", "增加"], ["G1", "XS1", "增加"]])),
    "不在名单": ("substitutes", _book([HEAD, ["G1", "XS1", "终止", ""]])),
    "系数为零": ("conversions", _book([FACTORS, ["XS1", 0, ""]])),
    "系数是字": ("conversions", _book([FACTORS, ["XS1", "十四", ""]])),
    "系数太细": ("conversions", _book([FACTORS, ["XS1", 0.00001, ""]])),
    "系数不变": ("conversions", _book([FACTORS, ["XS1", 28, ""]])),
    "依据太长": ("conversions", _book([FACTORS, ["XS1", 14, "文" * 201]])),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_workbook_is_refused_as_a_whole(bureau: Bureau, name: str) -> None:
    kind, content = BAD[name]
    with pytest.raises(SheetRefused) as refused:
        read_lines(
            read_rows(content, kind=kind),
            kind=kind,
            scope=scope_of(bureau.one, today()),
            on=month(),
        )
    assert all(each.message for each in refused.value.errors)


def test_province_proposes_by_sheet_and_another_publishes_on_the_page(
    bureau: Bureau, client: Client
) -> None:
    client.force_login(bureau.one)
    path = "/catalog/editions/new/conversions/"
    assert client.get(f"{path}?template=1").content[:2] == b"PK"

    def post(content: bytes) -> Any:
        file = io.BytesIO(content)
        file.name = "系数.xlsx"
        return client.post(path, {
            "title": "换包装", "basis": "赣医保〔2026〕9号", "effective_from": f"{month():%Y-%m-%d}",
            "file": file,
        })  # fmt: skip

    wrong = post(_book([FACTORS, ["XS1", 0, ""]]))
    assert wrong.status_code == 400 and "每包装计量单位数" in wrong.content.decode()
    assert not CatalogueEdition.objects.exists()
    assert post(_book([FACTORS, ["XS1", 14, "说明书"]])).status_code == 302
    edition = CatalogueEdition.objects.get()
    client.force_login(bureau.two)
    url = f"/catalog/editions/of/{edition}/"
    assert "与前一版的差别" in client.get(url).content.decode()
    assert client.post(f"{url}publish/", {"version": 1}).status_code == 302
    assert client.get(f"{url}file/").content[:2] == b"PK"
    assert "换包装" in client.get("/catalog/editions/").content.decode()
    bureau.product.refresh_from_db()
    assert bureau.product.base_units_per_pack == 14


def test_api_proposes_with_papers_and_another_publishes(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.one)
    body: dict[str, Any] = {
        "kind": "substitutes", "title": "第一版", "basis": "赣医保〔2026〕9号",
        "effective_from": f"{month()}", "lines": [{"action": "add", "product": "XS1", "group": "G9"}],
    }  # fmt: skip
    wrong = client.post("/api/v1/editions/", body, content_type="application/json")
    assert wrong.status_code == 400 and not CatalogueEdition.objects.exists()
    body["lines"][0]["group"] = "G1"
    made_one = client.post("/api/v1/editions/", body, content_type="application/json")
    assert made_one.status_code == 201, made_one.content.decode()
    url = f"/api/v1/editions/{made_one.json()['edition_no']}/"
    paper = io.BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    paper.name = "通知.pdf"
    kept = client.post(f"{url}files/", {"files": [paper]})
    assert [each["name"] for each in kept.json()] == ["通知.pdf"]
    served = client.get(f"{url}files/{kept.json()[0]['id']}/")
    assert b"".join(served.streaming_content) == paper.getvalue()  # type: ignore[attr-defined]
    assert client.post(f"{url}publish/", {}, content_type="application/json").status_code == 403
    client.force_login(bureau.two)
    page = client.get(url.replace("/api/v1/editions/", "/catalog/editions/of/"))
    assert "通知.pdf" in page.content.decode()
    late = client.post(f"{url}files/", {"files": [io.BytesIO(b"%PDF-1.4\n%%EOF\n")]})
    assert late.status_code == 403
    done = client.post(f"{url}publish/", {"version": 1}, content_type="application/json")
    assert (done.status_code, done.json()["state"]) == (200, "published")
    assert [line["group"] for line in done.json()["lines"]] == ["G1"]


def test_bad_sheet_comes_back_marked(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.one)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for line, cells in enumerate((["国家医保编码", "每包装计量单位数", "依据"], ["XS1", "零", ""])):
        sheet.write_row(line, 0, cells)
    book.close()
    buffer.seek(0)
    buffer.name = "系数.xlsx"
    answer = client.post(
        "/catalog/editions/new/conversions/",
        {"title": "x", "basis": "文", "effective_from": f"{month()}", "file": buffer},
    )
    assert answer.status_code == 400
    url = answer.context["marked_url"]
    assert b"".join(client.get(url).streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    client.force_login(bureau.two)
    assert client.get(url).status_code == 404
