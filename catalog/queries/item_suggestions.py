"""Which products an unmapped item may be: offered to a person, never applied by itself."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from catalog.models import HospitalItem, Listing, Product

MOST, CANDIDATES = 3, 15
LEAST_NAME, LEAST_SCORE = 0.3, 0.35
_BESIDE = re.compile(r"[（(\[【].*?[)）\]】]")
_BLANKS = re.compile(r"[\s,;，；]")

ALIKE = """
SELECT i.item_id, c.id, c.alike
FROM unnest(%s::bigint[], %s::text[]) AS i (item_id, words)
CROSS JOIN LATERAL (
    SELECT p.id, similarity(p.name, i.words) AS alike, p.code
    FROM catalog_product p WHERE p.name %% i.words
    ORDER BY alike DESC, p.code LIMIT %s
) c
"""


@dataclass(frozen=True)
class Suggestion:
    """A product that the item may be: score 0 to 1, why, and the conversion where units tell it."""

    product: Product
    score: float
    why: str
    units_per_pack: Decimal | None

    @property
    def units_text(self) -> str:
        """As it is typed: 28, not 28.0000; empty where the person has to say it."""
        return "" if self.units_per_pack is None else f"{self.units_per_pack.normalize():f}"

    @property
    def percent(self) -> int:
        return round(self.score * 100)


def suggestions_for(items: Sequence[HospitalItem]) -> dict[int, list[Suggestion]]:
    """At most three per item, best first, products not withdrawn; three queries for any number."""
    alike = _alike(items)
    codes = {_code(item): item.pk for item in items}
    products = {
        product.pk: product
        for product in Product.objects.filter(pk__in={pk for found in alike.values() for pk in found})
        .select_related("manufacturer", "group")
    }  # fmt: skip
    by_code = {
        product.code: product
        for product in Product.objects.filter(code__in=codes).select_related(
            "manufacturer", "group"
        )
    }
    gone = _withdrawn([*products, *(product.pk for product in by_code.values())])
    found: dict[int, list[Suggestion]] = {}
    for item in items:
        offered = [
            _scored(item, products[pk], name)
            for pk, name in alike[item.pk].items()
            if pk not in gone
        ]
        same = by_code.get(_code(item))
        if same is not None and same.pk not in gone:
            offered = [each for each in offered if each.product.pk != same.pk]
            offered.append(
                Suggestion(same, 1.0, "院内编码就是国家医保编码", _conversion(item, same))
            )
        likely = [each for each in offered if each.score >= LEAST_SCORE]
        found[item.pk] = sorted(likely, key=lambda each: (-each.score, each.product.code))[:MOST]
    return found


def _alike(items: Sequence[HospitalItem]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LEAST_NAME)]
        )
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            ALIKE,
            [[item.pk for item in items], [bare_name(item.name) for item in items], CANDIDATES],
        )
        for item, product, alike in cursor.fetchall():
            found[item][product] = float(alike)
    return found


def bare_name(name: str) -> str:
    """Without what stands in brackets (trade names, remarks), unless nothing else is there."""
    return _BESIDE.sub("", name).strip() or name


def _code(item: HospitalItem) -> str:
    return unicodedata.normalize("NFKC", item.his_code).strip().upper()


def _withdrawn(ids: Sequence[int]) -> set[int]:
    rows = Listing.objects.filter(product__in=ids, state=Listing.State.WITHDRAWN)
    return set(rows.values_list("product_id", flat=True))


def _scored(item: HospitalItem, product: Product, name: float) -> Suggestion:
    """Six tenths the name, three the specification, one the manufacturer."""
    specification = _specification(item.specification, product.specification)
    maker = _maker(item.manufacturer_name, product.manufacturer.name)
    why = [
        "名称相同" if name == 1 else f"名称相近 {round(name * 100)}%",
        {1.0: "规格一致", 0.0: "规格不同"}.get(specification, "规格未填"),
        *(["企业一致"] if maker == 1.0 else ["企业不同"] if maker == 0.0 else []),
    ]
    score = 0.6 * name + 0.3 * specification + 0.1 * maker
    return Suggestion(product, score, "、".join(why), _conversion(item, product))


def _specification(own: str, listed: str) -> float:
    one, other = _plain(own), _plain(listed)
    if not one or not other:
        return 0.5
    return 1.0 if one in other or other in one else 0.0


def _maker(own: str, listed: str) -> float:
    one, other = _plain(own), _plain(listed)
    if not one:
        return 0.5
    return 1.0 if one in other or other in one else 0.0


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return _BLANKS.sub("", plain.replace("×", "x").replace("*", "x"))


def _conversion(item: HospitalItem, product: Product) -> Decimal | None:
    """One where the hospital counts packs, the pack's base units where it counts those; else asked."""
    if item.unit == product.pack_unit:
        return Decimal(1)
    if product.group is not None and item.unit == product.group.base_unit:
        return product.base_units_per_pack
    return None
