"""A bulletin's words: unknown placeholders are refused with their place."""

from __future__ import annotations

import pytest

from monitoring.documents.bulletin_texts import WORDINGS
from monitoring.rules.bulletin_text import text_lines, text_problems

REFUSED = [
    ("及时率 {及时绿}。", (1, 5)),
    ("第一行\n完成率 {完成率} 和 {}。", (2, 13)),
    ("开头 {表：地区}", (1, 4)),
    ("有一个 { 在这里", (1, 5)),
    ("{完成率}}", (1, 6)),
]


@pytest.mark.parametrize(("body", "place"), REFUSED)
def test_wrong_text_is_refused_with_line_and_column(body: str, place: tuple[int, int]) -> None:
    (problem,) = text_problems(body)
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize("kind", sorted(WORDINGS))
def test_shipped_wordings_are_without_problems(kind: str) -> None:
    assert text_problems(WORDINGS[kind].title) == text_problems(WORDINGS[kind].body) == []


def test_lines_have_their_ranks_and_parts() -> None:
    lines = text_lines("一、总体\n（一）数量\n\n完成率 {完成率}。\n {表：地区} ")
    assert [(each.kind, each.parts) for each in lines] == [
        ("first", ("一、总体",)), ("second", ("（一）数量",)),
        ("text", ("完成率 ", ("{}", "完成率"), "。")), ("table", ("表：地区",)),
    ]  # fmt: skip
