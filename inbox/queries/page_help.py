"""Help beside each page and answers to questions, from templates/help/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from core.pinyin.spell import spell

SPELLED = 60
"""Titles and questions are found by initials, longer texts by their words."""


@dataclass(frozen=True)
class PageHelp:
    """What a page is for, how, by which clause; `url` is the same text as a page of its own."""

    route: str
    title: str
    what: str
    steps: tuple[str, ...] = ()
    clause: str = ""

    @property
    def url(self) -> str:
        return reverse("help-page", args=[self.route])

    @property
    def page_url(self) -> str:
        """The page that it is about, where it has an address without an object."""
        try:
            return reverse(self.route)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Answer:
    """One question with its answer; `asked` are the words in which people asked it."""

    topic: str
    question: str
    answer: str
    asked: tuple[str, ...] = ()


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "help"


@cache
def page_helps() -> dict[str, PageHelp]:
    """Every page's help by its route."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(
        (_folder() / "pages.yaml").read_text(encoding="utf-8")
    )
    found = {}
    for route, entry in told.items():
        text = told[entry["like"]] if "like" in entry else entry
        found[route] = PageHelp(
            route=route,
            title=text["title"],
            what=text["what"],
            steps=tuple(text.get("steps", ())),
            clause=text.get("clause", ""),
        )
    return found


@cache
def answers() -> tuple[Answer, ...]:
    told = yaml.safe_load((_folder() / "questions.yaml").read_text(encoding="utf-8"))
    return tuple(
        Answer(group["topic"], each["question"], each["answer"], tuple(each.get("asked", ())))
        for group in told
        for each in group["items"]
    )


def help_of(route: str) -> PageHelp | None:
    return page_helps().get(route)


def matching_answers(words: str) -> list[Answer]:
    """Answers in which every word occurs, in the question, the answer or as it was asked."""
    return [
        each
        for each in answers()
        if _holds(words, (each.topic, each.question, each.answer, *each.asked))
    ]


def matching_pages(words: str, routes: Iterable[str]) -> list[PageHelp]:
    """Of these pages' help what has every word; one entry per text."""
    found: dict[str, PageHelp] = {}
    for route in routes:
        each = help_of(route)
        if each and _holds(words, (each.title, each.what, *each.steps)):
            found.setdefault(each.title, each)
    return list(found.values())


def _holds(words: str, texts: Iterable[str]) -> bool:
    """Every word as text, or as pinyin initials of a part of one of the shorter texts."""
    known = tuple(texts)
    whole = "\n".join(known).lower()
    spelled = " ".join(_initials(text) for text in known if len(text) <= SPELLED)
    return all(
        word in whole or (word.isascii() and word in spelled) for word in words.lower().split()
    )


@cache
def _initials(text: str) -> str:
    return spell(text).initials
