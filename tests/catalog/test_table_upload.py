"""Workbooks of maximum prices and shortage lists: what is wrong is said by row and column, once and for all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import python_calamine
from django.test import Client

from catalog.models import MaximumPrice, ShortageEntry
from core.lists.workbook import write_workbook
from organisations.models import User
from tests.days import today
from tests.factories import catalog as make
from tests.factories import listings as made
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db

HEAD = ["品种代码", "国家医保编码", "最高挂网价", "超过即暂停", "起始日", "依据"]
DAY = timedelta(days=3)
"""Stands for the day three days from now until the workbook is written."""
GOOD: list[Any] = ["G1", "", "3.5", "是", DAY, "省局〔2026〕1号"]


def dated_row(row: list[Any]) -> list[Any]:
    return [f"{today() + cell}" if isinstance(cell, timedelta) else cell for cell in row]


def workbook(*rows: list[Any], head: list[str] | None = None) -> bytes:
    buffer = io.BytesIO()
    columns = [(word, 12) for word in head or HEAD]
    write_workbook(buffer, columns=columns, rows=[dated_row(row) for row in rows])
    return buffer.getvalue()


@pytest.fixture
def officer(client: Client) -> User:
    user = people.person(people.organisation("bureau", region=people.region()), "reviewer")
    client.force_login(user)
    make.group(code="G1")
    make.group(code="G2")
    make.product(code="X1")
    return user


def send(client: Client, content: bytes, kind: str = "maximum-prices") -> Any:
    file = io.BytesIO(content)
    file.name = "价格.xlsx"
    return client.post(f"/catalog/{kind}-upload/", {"file": file})


BAD: dict[str, tuple[bytes | Callable[[], bytes], str, int | None]] = {
    "no workbook": (b"a,b\n1,2\n", "不是 XLSX 工作簿", None),
    "broken": (b"PK\x03\x04" + b"x" * 50, "工作簿打不开", None),
    "other head": (lambda: workbook(GOOD, head=["品种", *HEAD[1:]]), "表头应依次为", 1),
    "more columns": (lambda: workbook([*GOOD, "1"], head=[*HEAD, "备注"]), "表头应依次为", 1),
    "empty": (workbook, "没有数据行", None),
    "no price": (lambda: workbook(["G1", "", "", "是", DAY, "省局"]), "没有填写", 2),
    "word as price": (lambda: workbook(["G1", "", "三元", "是", DAY, "省局"]), "不是数字", 2),
    "zero": (lambda: workbook(["G1", "", "0", "是", DAY, "省局"]), "应大于 0", 2),
    "five decimals": (
        lambda: workbook(["G1", "", "1.00001", "是", DAY, "省局"]),
        "最多四位小数",
        2,
    ),
    "endless": (lambda: workbook(["G1", "", "1" + "0" * 15, "是", DAY, "省局"]), "数字过大", 2),
    "yes or no": (lambda: workbook(["G1", "", "1", "也许", DAY, "省局"]), "应为是、否", 2),
    "no day": (lambda: workbook(["G1", "", "1", "是", "明天", "省局"]), "不是日期", 2),
    "past day": (lambda: workbook(["G1", "", "1", "是", "2020-01-01", "省局"]), "早于今天", 2),
    "no clause": (lambda: workbook(["G1", "", "1", "是", DAY, ""]), "没有填写", 2),
    "long clause": (lambda: workbook(["G1", "", "1", "是", DAY, "长" * 201]), "超过 200 字", 2),
    "unknown group": (lambda: workbook(["G9", "", "1", "是", DAY, "省局"]), "平台没有这个代码", 2),
    "unknown product": (
        lambda: workbook(["", "X9", "1", "是", DAY, "省局"]),
        "平台没有这个代码",
        2,
    ),
    "both": (lambda: workbook(["G1", "X1", "1", "是", DAY, "省局"]), "两项都填了", 2),
    "neither": (lambda: workbook(["", "", "1", "是", DAY, "省局"]), "没有填写", 2),
    "twice": (lambda: workbook(GOOD, GOOD), "与第 2 行重复", 3),
    "too many": (lambda: workbook(*([GOOD] * 5001)), "一次最多 5,000 行", None),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_workbook_says_where_and_writes_nothing(
    name: str, client: Client, officer: User
) -> None:
    content, message, line = BAD[name]
    answer = send(client, content() if callable(content) else content)
    assert answer.status_code == 400
    found = [item for item in answer.context["file_errors"] if message in item["message"]]
    assert found and found[0]["line"] == line and found[0]["remedy"]
    assert not MaximumPrice.objects.exists()


def test_all_mistakes_are_told_at_once_and_marked_in_the_same_sheet(
    client: Client, officer: User
) -> None:
    answer = send(client, workbook(GOOD, ["G9", "", "零", "是", DAY, ""]))
    assert answer.context["error_total"] == 3
    marked = client.get(answer.context["marked_url"])
    body = b"".join(marked.streaming_content)  # type: ignore[attr-defined]
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0] == [*HEAD, "错误说明"]
    assert rows[1][:6] == dated_row(GOOD) and rows[1][6] == ""
    assert "品种代码：平台没有这个代码" in rows[2][6] and "依据：没有填写" in rows[2][6]
    # Mended in the marked copy, it is taken: the last column is passed over.
    again = send(client, workbook([*GOOD, ""], head=[*HEAD, "错误说明"]))
    assert again.status_code == 200


def test_the_marked_copy_is_its_uploaders_alone(client: Client, officer: User) -> None:
    url = send(client, workbook(["G9", "", "1", "是", DAY, "省局"])).context["marked_url"]
    client.force_login(people.person(officer.organisation, "reviewer"))
    assert client.get(url).status_code == 404


def test_what_was_previewed_is_written_as_a_whole(client: Client, officer: User) -> None:
    made.maximum_price(group=make.group(code="G3"), price=9)
    rows = [GOOD, ["", "X1", "7", "否", DAY, "省局"], ["G3", "", "8", "否", DAY, "省局"]]
    answer = send(client, workbook(*rows))
    preview = answer.context["preview"]
    assert (preview["total"], preview["new"], preview["changed"]) == (3, 2, 1)
    assert MaximumPrice.objects.count() == 1
    done = client.post("/catalog/maximum-prices-apply/", {"token": answer.context["token"]})
    assert done.status_code == 302
    now = MaximumPrice.objects.filter(valid_from=today() + DAY)
    assert sorted(str(row.price) for row in now) == ["3.5000", "7.0000", "8.0000"]
    assert now.get(group__code="G1").suspends


def test_a_changed_or_foreign_token_writes_nothing(client: Client, officer: User) -> None:
    token = send(client, workbook(GOOD)).context["token"]
    assert client.post("/catalog/maximum-prices-apply/", {"token": token[:-2]}).status_code == 400
    assert client.post("/catalog/shortages-apply/", {"token": token}).status_code == 400
    client.force_login(people.person(officer.organisation, "reviewer"))
    assert client.post("/catalog/maximum-prices-apply/", {"token": token}).status_code == 400
    assert not MaximumPrice.objects.exists()


def test_the_template_goes_in_again(client: Client, officer: User) -> None:
    made.shortage_entry(product=make.product(code="X2"), clause="国家清单")
    template = client.get("/catalog/shortages-template/").content
    answer = send(client, template, "shortages")
    assert answer.status_code == 200 and answer.context["preview"]["changed"] == 1
    client.post("/catalog/shortages-apply/", {"token": answer.context["token"]})
    assert ShortageEntry.objects.filter(product__code="X2").count() == 2
    bad = workbook(["G1", "", "缺货", "国家清单", "2026-01-01", "文件"],
                   head=["品种代码", "国家医保编码", "清单", "来源", "起始日", "依据"])  # fmt: skip
    assert "应为短缺、易短缺" in send(client, bad, "shortages").content.decode()
