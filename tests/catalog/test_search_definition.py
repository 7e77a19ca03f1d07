"""The search against its plain definition, read word by word in Python over a random catalogue."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Listing, Product, ProductRegistration
from catalog.queries.product_search import MOST_FOUND, find_products, products_with_words
from catalog.queries.visible import visible_products
from core.pinyin.spell import spell
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import organisations as people

SEEDS = (1, 2, 3)
PRODUCTS = 160
DAY = date(2026, 6, 15)
STEMS = (
    "头孢曲松",
    "头孢呋辛",
    "阿托伐他汀",
    "瑞舒伐他汀",
    "甲硝唑",
    "氯吡格雷",
    "布洛芬",
    "维生素B12",
)
FORMS = ("钠", "钙片", "片", "注射液", "缓释片", "颗粒")
MAKERS = ("江西华康制药", "山东瑞阳制药", "浙江恒石药业")


class Shelf:
    """Random products, and what each of them may be found by."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        makers = [self._maker(f"{name}{seed}有限公司") for name in MAKERS]
        groups = [self._group(stem) for stem in STEMS]
        for number in range(PRODUCTS):
            stem = chance.randrange(len(STEMS))
            name = f"{chance.choice(('', '', '注射用'))}{STEMS[stem]}{chance.choice(FORMS)}"
            said = spell(name)
            product = make.product(
                code=f"X{chance.choice('ABC')}{chance.randrange(100):02d}{number:019d}", name=name,
                pinyin=said.pinyin, initials=said.initials, manufacturer=chance.choice(makers),
                group=chance.choice((groups[stem], None)), specification=f"{number}mg",
            )  # fmt: skip
            make.listing(product=product)
            if number % 9 == 0:
                paper = make.registration(number=f"国药准字H{seed}{number:07d}")
                make.product_registration(product=product, registration=paper)

    def _maker(self, name: str) -> Any:
        return people.organisation("enterprise", name=name, initials=spell(name).initials)

    def _group(self, name: str) -> Any:
        said = spell(name)
        return make.group(name=name, initials=said.initials, pinyin=said.pinyin)


def matching(text: str) -> set[int]:
    """The plain definition: every word is of the product, the longest one by a way of being found."""
    words = text.split()
    driver = max(words, key=len)
    others = list(words)
    others.remove(driver)
    listings = dict(Listing.objects.values_list("product_id", "listing_no"))
    papers = dict(ProductRegistration.objects.values_list("product_id", "registration__number"))
    return {
        product.pk
        for product in Product.objects.select_related("group", "manufacturer")
        if _found_by(driver, product, listings[product.pk], papers.get(product.pk, ""))
        and all(_has(word, product) for word in others)
    }


def _found_by(word: str, product: Product, listing_no: str, paper: str) -> bool:
    upper, lower = word.upper(), word.lower()
    group, maker = product.group, product.manufacturer
    by_paper = paper == word or (len(word) >= 4 and paper.startswith(word))
    if not word.isascii():
        inside = word in product.name if len(word) > 1 else product.name.startswith(word)
        return inside or by_paper or word in maker.name or bool(group and word in group.name)
    starts: list[str] = [product.initials, maker.initials]
    if group:
        starts += [group.initials, group.pinyin]
    ways = [
        any(text.startswith(lower) for text in starts),
        len(word) >= 2 and product.code.startswith(upper),
        listing_no == upper,
        len(word) >= 3 and product.pinyin.startswith(lower),
        len(word) >= 3 and (lower in product.initials or lower in product.name.lower()),
        len(word) >= 4 and (upper in product.code or listing_no.startswith(upper) or by_paper),
        upper in (product.code, maker.code) or bool(group and group.code.startswith(upper)),
    ]
    return any(ways)


def _has(word: str, product: Product) -> bool:
    parts = [product.name, product.specification, product.code, product.initials]
    parts += [product.manufacturer.name, product.manufacturer.initials]
    if product.group:
        parts += [product.group.name, product.group.initials]
    return word.lower() in " ".join(parts).lower()


def questions(chance: random.Random) -> list[str]:
    """What people type of a random product, and some that nothing is called."""
    product = chance.choice(list(Product.objects.select_related("manufacturer")))
    name = product.name
    at = chance.randrange(len(name) - 1)
    own = chance.randrange(8, 16)
    return [
        product.code, product.code.lower(), product.code[:4], product.code[own : own + 6],
        name, name[0], name[at : at + 2], name[at : at + 3], name[:4], product.initials,
        product.initials[:3], product.initials[1:4], product.pinyin[:7],
        Listing.objects.get(product=product).listing_no,
        f"{name[:2]} {product.manufacturer.name[2:4]}", f"{product.specification} {name[-2:]}",
        product.manufacturer.name[:4], product.manufacturer.initials[:3], "齉齉", "qqqq", "B12",
    ]  # fmt: skip


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_of(people.person(people.organisation(), "clerk"), DAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_missing_and_nothing_is_wrong(seed: int, scope: Scope) -> None:
    """Few are found all; of many the search shows the most it may, and says that there are others.
    The product list has them all."""
    Shelf(seed)
    chance = random.Random(seed)
    asked = 0
    for text in questions(chance) + questions(chance):
        wanted = matching(text)
        found = find_products(scope, text)
        assert set(found.ids) <= wanted, text
        assert len(found.ids) == min(len(wanted), MOST_FOUND), text
        assert found.more is (len(wanted) > MOST_FOUND), text
        listed = products_with_words(scope, visible_products(scope), text)
        inside = {p.pk for p in Product.objects.all() if len(text) == 1 and text in p.name}
        assert set(listed.values_list("pk", flat=True)) == wanted | inside, text
        asked += bool(wanted)
    assert asked >= 30


def test_best_comes_first(scope: Scope) -> None:
    """A whole name before its beginning, that before the middle, that before the group's name."""
    group = make.group(name="曲松类")
    names = ("曲松类", "曲松类钠", "头孢曲松类", "另一种")
    made = [make.product(name=name, group=group, initials=spell(name).initials) for name in names]
    assert find_products(scope, "曲松类").ids == [product.pk for product in made]


@pytest.mark.parametrize("words", ["头孢", "XA0100000000000000000000", "tbqs", "头孢 华康", "齉齉"])
def test_the_search_is_one_statement(words: str, scope: Scope) -> None:
    with CaptureQueriesContext(connection) as caught:
        find_products(scope, words)
    assert len(caught) == 1


def test_a_whole_code_asks_for_codes_only(scope: Scope) -> None:
    def tables(ask: Callable[[], object]) -> str:
        with CaptureQueriesContext(connection) as caught:
            ask()
        return str(caught[0]["sql"])

    code = tables(lambda: find_products(scope, "XA10ADM080B002010107103"))
    assert "organisations_organisation" not in code and "ILIKE" not in code
    assert "ILIKE" in tables(lambda: find_products(scope, "XA10ADM080"))
