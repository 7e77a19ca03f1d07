"""Each of the sixteen questions about the catalogue is listed with a page that is there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import get_resolver

ROOT = Path(settings.BASE_DIR)
TABLE = ROOT / "docs" / "handbook" / "catalogue-questions.md"
ASKED = ROOT / "tests" / "data" / "user-questions.md"
OTHER_TOPICS = (
    "账号", "认证", "CA", "登录", "网厅", "地址", "电话", "公开接待日", "配送关系", "点配送",
    "配送企业", "议价", "可以解除",
)  # fmt: skip
"""Of questions that are about signing in, offices and delivery relations, not the catalogue."""


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if row[0].isdigit()]


def questions() -> list[str]:
    return [
        line.removeprefix("- ").strip()
        for line in ASKED.read_text(encoding="utf-8").splitlines()
        if line.startswith("- ")
    ]


def about_the_catalogue(question: str) -> bool:
    closed = "产品状态是关闭" in question
    return closed or not any(topic in question for topic in OTHER_TOPICS)


def test_there_are_sixteen_and_each_is_asked_in_so_many_words() -> None:
    assert [row[0] for row in rows()] == [str(number) for number in range(1, 17)]
    asked = questions()
    for row in rows():
        for question in row[1].split("；"):
            assert question in asked


def test_every_question_about_the_catalogue_is_listed_once() -> None:
    listed = [question for row in rows() for question in row[1].split("；")]
    assert sorted(listed) == sorted(filter(about_the_catalogue, questions()))


def test_every_page_that_is_named_is_there() -> None:
    known = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    for row in rows():
        assert row[3].strip("`") in known, row[3]
        assert row[2] and row[4]
