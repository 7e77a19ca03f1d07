"""Batches: what the list tells, what binds one batch, what it selected."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.queries.batch_page import bound_values, publish_lead
from catalog.queries.batch_rows import batch_rows, batches_with_counts
from catalog.queries.search import batches_named
from catalog.queries.visible import visible_batches
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.models import Policy
from tests.catalog.conftest import TODAY, Shelf
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories.people import former_name

Read = Callable[[str], str]


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def test_list_tells_dates_year_and_counts(shelf: Shelf, reader: User) -> None:
    make.selection(batch=shelf.batch, product=shelf.product, region=shelf.other_city)
    make.selection(batch=shelf.batch, region=shelf.other_city, role="standby")
    scope = scope_of(reader, TODAY)
    (row,) = batch_rows(batches_with_counts(scope), TODAY)
    assert (row.stage, row.years) == ("执行中", "第 1 年（共 2 年）")
    assert (row.group_count, row.selected_count, row.standby_count) == (2, 1, 1)


@pytest.mark.parametrize(
    ("day", "stage", "years"),
    [
        (date(2025, 12, 31), "未开始", "共 2 年"),
        (date(2026, 1, 1), "执行中", "第 1 年（共 2 年）"),
        (date(2027, 12, 31), "执行中", "第 2 年（共 2 年）"),
        (date(2028, 1, 1), "已结束", "共 2 年"),
    ],
)
def test_stage_counts_both_end_days(
    shelf: Shelf, reader: User, day: date, stage: str, years: str
) -> None:
    (row,) = batch_rows(batches_with_counts(scope_of(reader, day)), day)
    assert (row.stage, row.years) == (stage, years)


@pytest.mark.parametrize("words", ["集中采购", "jx-t", "ypjz", "djp", "dijiupi"])
def test_batch_is_found_by_name_code_and_pinyin(shelf: Shelf, reader: User, words: str) -> None:
    make.batch(name="医用耗材接续", code="HC-2")
    found = batches_named(visible_batches(scope_of(reader, TODAY)), words)
    assert [batch.code for batch in found] == ["JX-T-1"]


def test_unknown_filter_value_is_told(shelf: Shelf, read: Read) -> None:
    page = read("/catalog/batches/?stage=nonsense&category=drug")
    assert "有条件没有生效" in page
    assert "第九批药品集中采购" in page


@pytest.mark.parametrize(
    ("stage", "there"), [("running", True), ("coming", False), ("ended", False)]
)
def test_stage_filter(shelf: Shelf, read: Read, stage: str, there: bool) -> None:
    assert ("第九批药品集中采购" in read(f"/catalog/batches/?stage={stage}")) is there


def test_override_stands_on_the_policy_with_its_own_clause(shelf: Shelf, reader: User) -> None:
    values = {
        row.parameter.key: row
        for row in bound_values(scope_of(reader, TODAY), shelf.batch, TODAY).rows
    }
    own, other = values["non_selected_share_max"], values["reply_workdays"]
    assert (own.words, own.clause, own.instead_of) == ("40%", "执行〔2026〕1号 三", "30%")
    assert (other.words, other.clause, other.overridden) == ("2 个工作日", "赣2024 四", False)


def test_broken_override_is_told_not_a_fault(shelf: Shelf, read: Read) -> None:
    make.batch_parameter(batch=shelf.batch, parameter="reply_workdays", value="两天")
    assert "参数无法读取" in read("/catalog/batches/JX-T-1/parameters/")
    assert "参数无法读取" in read("/catalog/batches/JX-T-1/")
    assert "无法读取" in read("/catalog/overrides/")


def test_short_publishing_is_pointed_out(shelf: Shelf) -> None:
    enough = publish_lead(shelf.batch, TODAY)
    assert enough and (enough.words, enough.short) == ("42 个工作日（应不少于 20 个）", False)
    shelf.batch.issued_on = date(2025, 12, 25)
    short = publish_lead(shelf.batch, TODAY)
    assert short and (short.words, short.short) == ("4 个工作日（应不少于 20 个）", True)


def test_no_lead_is_asked_for_where_the_policy_has_none(shelf: Shelf) -> None:
    shelf.batch.policy = Policy.objects.get(code="shandong-2023")
    lead = publish_lead(shelf.batch, TODAY)
    assert lead and (lead.words, lead.clause) == ("42 个工作日", "")


def test_results_filter_by_region_role_group_and_words(shelf: Shelf, read: Read) -> None:
    make.selection(
        batch=shelf.batch, product=make.product(name="氯吡格雷片"), region=shelf.other_city,
        role="standby",
    )  # fmt: skip
    path = "/catalog/batches/JX-T-1/selections/"
    both = read(path)
    assert "阿托伐他汀片" in both and "氯吡格雷片" in both
    for query in (f"region={shelf.city.code}", "role=selected", "group=G-ATFTT", "q=atf", "q=XA0"):
        page = read(f"{path}?{query}")
        assert "阿托伐他汀片" in page and "氯吡格雷片" not in page, query


def test_results_page_on_by_key(shelf: Shelf, client: Client, reader: User) -> None:
    for _ in range(60):
        make.selection(batch=shelf.batch, product=shelf.product, region=people.region())
    client.force_login(reader)
    first = client.get("/catalog/batches/JX-T-1/selections/").context
    assert (len(first["rows"]), first["newer_url"], first["total"]) == (50, "", 61)
    second = client.get(f"/catalog/batches/JX-T-1/selections/{first['older_url']}").context
    assert (len(second["rows"]), second["older_url"]) == (11, "")
    seen = {row.selection.pk for page in (first, second) for row in page["rows"]}
    assert len(seen) == 61
    assert client.get("/catalog/batches/JX-T-1/selections/?cursor=x").status_code == 400


def test_own_region_is_marked(shelf: Shelf, client: Client, reader: User) -> None:
    path = "/catalog/batches/JX-T-1/selections/"
    client.force_login(reader)
    assert [row.own for row in client.get(path).context["rows"]] == [True]
    client.force_login(people.person(shelf.foreign_hospital, "clerk"))
    assert [row.own for row in client.get(path).context["rows"]] == [False]


def test_empty_dates_mean_the_whole_cycle(shelf: Shelf, read: Read) -> None:
    make.selection(
        batch=shelf.batch, product=make.product(), region=shelf.city, valid_from=date(2026, 7, 1),
        valid_to=date(2026, 12, 31),
    )  # fmt: skip
    page = read("/catalog/batches/JX-T-1/selections/")
    assert "2026-01-01" in page and "2027-12-31" in page
    assert "2026-07-01" in page and "未开始" in page


def test_exemption_of_another_hospital_is_not_there(
    shelf: Shelf, client: Client, reader: User
) -> None:
    make.exemption(exemption_no="E-ALL", batch=shelf.batch)
    make.exemption(exemption_no="E-OWN", batch=shelf.batch, institution=shelf.hospital)
    make.exemption(exemption_no="E-FOREIGN", batch=shelf.batch, institution=shelf.foreign_hospital)
    client.force_login(reader)
    for path in ("/catalog/batches/JX-T-1/exemptions/", "/api/v1/exemptions/"):
        page = client.get(path).content.decode()
        assert "E-ALL" in page and "E-OWN" in page and "E-FOREIGN" not in page
    assert _sheet(client, "/catalog/batches/JX-T-1/exemptions/export/?q=E-FOREIGN")[1:] == []


def test_export_has_exactly_the_filtered_rows(shelf: Shelf, client: Client, reader: User) -> None:
    make.batch(name="=1+1", code="HC-2", category="consumable")
    client.force_login(reader)
    sheet = _sheet(client, "/catalog/batches-export/?category=consumable&columns=name")
    assert [row[:2] for row in sheet] == [["批次", "批次代码"], ["=1+1", "HC-2"]]
    results = _sheet(client, "/catalog/batches/JX-T-1/selections/export/?role=selected")
    assert results[0][8] == "折算单价（元/计量单位）"
    assert [row[2:4] + row[7:9] for row in results[1:]] == [["阿托伐他汀片", "XA01", 5.6, 0.2]]


def test_chosen_columns_are_shown(shelf: Shelf, read: Read) -> None:
    page = read("/catalog/batches/?columns=ends")
    assert "2027-12-31" in page and "2025-11-03" not in page


@pytest.mark.parametrize("sort", ["effective", "-effective", "ends", "selected", "x", "--name"])
def test_sorts(shelf: Shelf, client: Client, reader: User, sort: str) -> None:
    later = make.batch(effective_on=date(2026, 3, 1), ends_on=date(2026, 12, 31))
    client.force_login(reader)
    rows = client.get(f"/catalog/batches/?sort={sort}").context["rows"]
    earlier_first = {"effective": True, "ends": False, "selected": False}.get(sort, False)
    codes = [row.batch.code for row in rows]
    assert codes == (["JX-T-1", later.code] if earlier_first else [later.code, "JX-T-1"])


def test_signing_progress_counts_own_lines_only(shelf: Shelf, client: Client, reader: User) -> None:
    client.force_login(reader)
    whole = client.get("/contracts/batches/JX-T-1/signing/").content.decode()
    part = client.get("/contracts/batches/JX-T-1/signing/", headers={"HX-Request": "true"})
    assert "没有看得到的协议" in whole and "<html" in whole
    assert "<html" not in part.content.decode()


def test_imported_at_is_told_in_local_time(shelf: Shelf, read: Read) -> None:
    shelf.batch.imported_at = datetime(2026, 1, 1, 17, 0, tzinfo=timezone.get_fixed_timezone(0))
    shelf.batch.save(update_fields=["imported_at"])
    assert "2026-01-02 01:00" in read("/catalog/batches/JX-T-1/")


@pytest.mark.parametrize("code", ["国/2026", "第 1 批#二?", "a'b\"<i>", "selections"])
def test_any_code_has_its_pages(client: Client, reader: User, code: str) -> None:
    batch = make.batch(code=code, policy=Policy.objects.get(code="jiangxi-2024"))
    group = make.group(code=code)
    make.selection(batch=batch, product=make.product(group=group))
    client.force_login(reader)
    for path in ("/catalog/batches/", "/catalog/groups/", "/catalog/overrides/"):
        assert client.get(path).status_code == 200
    for route in ("detail", "selections", "parameters", "exemptions", "selections-export"):
        answer = client.get(reverse(f"batch-{route}", args=[code]))
        assert answer.status_code == 200, route
        assert "<i>" not in answer.content.decode(errors="ignore").replace("<i>班", "")
    assert client.get(reverse("group-detail", args=[code])).status_code == 200


def _sheet(client: Client, path: str) -> list[list[object]]:
    answer = client.get(path)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_results_name_the_enterprise_as_it_was_called_when_they_were_published(
    read: Read, shelf: Shelf
) -> None:
    maker = shelf.product.manufacturer
    former_name(maker, name="公布时的名", valid_to=date(2025, 11, 4))
    page = f"/catalog/batches/{shelf.batch.code}/selections/?columns=maker_then"
    assert "公布时的名" in read(page)
    shelf.batch.issued_on = date(2025, 11, 4)
    shelf.batch.save(update_fields=["issued_on"])
    assert "公布时的名" not in read(page)
