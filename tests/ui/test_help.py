"""Every page has its help, and every question that users asked has an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from inbox.queries.page_help import answers, matching_answers, page_helps
from tests.matrix.routes import all_patterns

QUESTIONS = Path(__file__).resolve().parents[1] / "data" / "user-questions.md"
FRAGMENTS_AND_FILES = {
    "api-docs",
    "job-panel",
    "import-panel",
    "rehearsal-panel",
    "warning-file",
    "announcement-file",
    "organisation-change-file",
    "certificate-file",
    "trust-anchor-file",
    "power-file",
    "application-file",
    "inquiry-file",
    "maximum-price-marked",
    "maximum-price-template",
    "shortage-marked",
    "product-options",
    "service-candidate-file",
    "shortage-template",
    "edition-paper",
}
PUBLIC = {
    "guide-list", "guide", "public-announcement-list", "public-announcement", "public-answers",
}  # fmt: skip
"""Read without signing in, in a frame of their own that is itself the help."""


def pages() -> set[str]:
    """Routes that answer a GET with a page inside the frame."""
    found = set()
    for pattern in all_patterns():
        kind = getattr(pattern.callback, "view_class", None)
        if kind is None or not getattr(kind, "template_name", None):
            continue
        gets = "get" in [name.lower() for name in kind.http_method_names] and hasattr(kind, "get")
        if gets and "ExportMixin" not in {each.__name__ for each in kind.__mro__}:
            found.add(str(pattern.name))
    return found - FRAGMENTS_AND_FILES - PUBLIC


def test_every_page_has_its_help() -> None:
    """A new page is described in templates/help/pages.yaml: what, steps, clause."""
    assert sorted(pages() - set(page_helps())) == []


def test_help_names_only_pages_that_exist() -> None:
    known = {str(pattern.name) for pattern in all_patterns()}
    assert sorted(set(page_helps()) - known) == []


def test_each_help_says_what_the_page_is_for() -> None:
    assert [route for route, told in page_helps().items() if len(told.what) < 10] == []


def asked() -> list[str]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [line[2:].strip() for line in lines if line.startswith("- ")]


def test_every_question_of_users_has_its_answer() -> None:
    answered = {question for each in answers() for question in each.asked}
    assert len(asked()) == 37
    assert [question for question in asked() if question not in answered] == []
    assert sorted(answered - set(asked())) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("59批", "某一批（例如第 59 批）导入了没有？"),
        ("接待日", "技术电话、医保局电话、采购服务中心地址、公开接待日在哪里看？"),
        ("注册证 过期", "公布的产品提示“无对应注册证编号”，或注册证过期了，怎么办？影响交易吗？"),
        ("jsdh", "技术电话、医保局电话、采购服务中心地址、公开接待日在哪里看？"),
    ],
)
def test_answers_are_found_by_words_and_initials(words: str, found: str) -> None:
    assert found in [each.question for each in matching_answers(words)]


def test_words_that_occur_nowhere_find_nothing() -> None:
    assert matching_answers("没有这样的词") == []


@pytest.mark.django_db
def test_answers_are_read_without_signing_in() -> None:
    """Who asks by which account one signs in has none yet."""
    page = Client().get("/public/questions/")
    text = page.content.decode()
    assert page.status_code == 200
    assert [each.question for each in answers() if escape(each.question) not in text] == []
    found = Client().get("/public/questions/", {"q": "接待日"}).content.decode()
    assert "公开接待日在哪里看" in found
    assert "注册证过期了" not in found
    assert "没有找到" in Client().get("/public/questions/", {"q": "<没有>"}).content.decode()
    assert "/public/questions/" in Client().get("/login/").content.decode()
