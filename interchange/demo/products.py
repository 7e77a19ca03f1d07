"""Groups of the same generic name, their products, substitutes and supply regions."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from functools import cache

from interchange.demo import geography
from interchange.demo.batches import Batch
from interchange.demo.codes import consumable_code, drug_code
from interchange.demo.enterprises import Enterprise
from interchange.demo.geography import DATA

SELECTED, STANDBY, ORIGINATOR, GENERIC, SUBSTITUTE, LOOSE = (
    "selected",
    "standby",
    "originator",
    "generic",
    "substitute",
    "loose",
)


@dataclass(slots=True, eq=False)
class Product:
    code: str
    name: str
    group: Group | None
    maker: Enterprise
    category: str
    specification: str
    pack_unit: str
    pack: int  # base units per pack
    cents: int  # listed price per pack
    tags: str
    part: str
    cities: tuple[str, ...] = ()  # where it is selected or standby
    # A later selected price: from this day, in cents.
    cut_day: int = 0
    cut_cents: int = 0


@dataclass(slots=True, eq=False)
class Group:
    code: str
    name: str
    short: str
    category: str
    unit: str
    atc: str
    letter: str
    form: str
    packs: tuple[int, ...]
    price: float  # selected price per base unit, yuan
    monthly_packs: float  # of a unit of size 1
    at: dict[str, float]  # chance that a unit of a level uses it
    season: str
    originator: float  # price of the originator ÷ selected price
    batch: Batch | None
    selected_count: int
    standby_count: int
    products: list[Product] = field(default_factory=list)

    def of(self, *parts: str) -> list[Product]:
        return [product for product in self.products if product.part in parts]

    def selected_in(self, city: str) -> list[Product]:
        return [product for product in self.of(SELECTED) if city in product.cities]


@dataclass(frozen=True, slots=True)
class Loose:
    """A product outside the groups, with the chance that a level of institutions buys it."""

    product: Product
    at: dict[str, float]
    season: str


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _levels(row: dict[str, str]) -> dict[str, float]:
    primary = float(row["at_primary"])
    return {
        "tertiary": float(row["at_tertiary"]),
        "secondary": float(row["at_secondary"]),
        "primary": primary,
        "other": primary * 0.6,
    }


def build_groups(
    rng: random.Random, batches: dict[str, Batch], makers: list[Enterprise]
) -> list[Group]:
    groups = []
    for row in _rows("groups.csv"):
        group = Group(
            code=row["code"],
            name=row["name"],
            short=row["short"],
            category=row["category"],
            unit=row["base_unit"],
            atc=row["atc"],
            letter=row["letter"],
            form=row["form"],
            packs=tuple(int(pack) for pack in row["packs"].split(";")),
            price=float(row["price"]),
            monthly_packs=float(row["monthly_packs"]),
            at=_levels(row),
            season=row["season"],
            originator=float(row["originator"]),
            batch=batches.get(row["batch"]),
            selected_count=int(row["selected"]),
            standby_count=int(row["standby"]),
        )
        groups.append(group)
    serial = 0
    for group in groups:
        for part, multiple in _parts(rng, group):
            serial += 1
            group.products.append(
                _product(rng, group, part, multiple=multiple, serial=serial, makers=makers)
            )
        _supply(rng, group)
    return groups


def _parts(rng: random.Random, group: Group) -> list[tuple[str, float]]:
    """Kind and price relative to the group's lowest selected one of each product."""
    if group.batch is None:
        return [(SUBSTITUTE, 1.0), (SUBSTITUTE, 0.8)][: 2 if len(group.packs) > 1 else 1]
    parts = [(SELECTED, 1.0 + 0.09 * index) for index in range(group.selected_count)]
    parts += [(STANDBY, 1.4) for _ in range(group.standby_count)]
    parts.append((ORIGINATOR, group.originator))
    parts.append((GENERIC, rng.uniform(1.3, 2.2)))
    if rng.random() < 0.55:
        parts.append((GENERIC, rng.choice((0.85, rng.uniform(1.5, 2.8)))))
    return parts


def _product(
    rng: random.Random,
    group: Group,
    part: str,
    *,
    multiple: float,
    serial: int,
    makers: list[Enterprise],
) -> Product:
    taken = {product.maker.uscc for product in group.products}
    eligible = [
        maker for maker in makers if maker.category == group.category and maker.uscc not in taken
    ]
    maker = rng.choice(eligible)
    pack = group.packs[-1] if part == ORIGINATOR else group.packs[0]
    if part == SELECTED and len(group.packs) > 1 and rng.random() < 0.2:
        pack = group.packs[1]
    cents = max(5, round(group.price * multiple * pack * 100))
    tags = []
    if part == GENERIC and (multiple < 1 or rng.random() < 0.4):
        tags.append("equal_quality")
    if part == ORIGINATOR and rng.random() < 0.12:
        tags.append("key_monitored")
    if group.category == "drug":
        code = drug_code(group.atc, group.letter, group.form, serial, maker.serial)
    else:
        code = consumable_code(group.atc, serial, maker.serial, long=rng.random() < 0.8)
    return Product(
        code=code,
        name=group.short + ("（原研）" if part == ORIGINATOR else ""),
        group=group,
        maker=maker,
        category=group.category,
        specification=f"{pack}{group.unit}/盒",
        pack_unit="盒",
        pack=pack,
        cents=cents,
        tags=";".join(tags),
        part=part,
    )


def _supply(rng: random.Random, group: Group) -> None:
    """Shares the cities out: each has one main product, some have two; standby covers them all."""
    batch = group.batch
    if batch is None:
        return
    selected = group.of(SELECTED)
    supplied: dict[str, list[str]] = {product.code: [] for product in selected}
    turn = rng.randrange(len(selected))
    for index, city in enumerate(batch.cities):
        supplied[selected[(turn + index) % len(selected)].code].append(city)
        if len(selected) > 2 and rng.random() < 0.25:
            supplied[selected[(turn + index + 1) % len(selected)].code].append(city)
    for product in selected:
        product.cities = tuple(sorted(set(supplied[product.code])))
    for product in group.of(STANDBY):
        product.cities = batch.cities


def build_loose(rng: random.Random, makers: list[Enterprise]) -> list[Loose]:
    """Products outside the groups: negotiated drugs, infusions, everyday consumables."""
    loose = []
    for index, row in enumerate(_rows("ungrouped.csv")):
        category = row["category"]
        maker = rng.choice([one for one in makers if one.category == category])
        pack = int(row["pack"])
        serial = 700 + index
        if category == "drug":
            code = drug_code(row["atc"], row["letter"], row["form"], serial, maker.serial)
        else:
            code = consumable_code(row["atc"], serial, maker.serial, long=index % 2 == 0)
        product = Product(
            code=code,
            name=row["name"],
            group=None,
            maker=maker,
            category=category,
            specification=f"{pack}{row['unit']}/{'盒' if pack > 1 else row['unit']}",
            pack_unit="盒" if pack > 1 else row["unit"],
            pack=pack,
            cents=round(float(row["price"]) * 100),
            tags=row["tags"],
            part=LOOSE,
        )
        loose.append(Loose(product, _levels(row), row["season"]))
    return loose


def substitute_groups() -> dict[str, list[str]]:
    """Code of a group → the groups whose products may replace it."""
    result: dict[str, list[str]] = {}
    for row in _rows("substitutes.csv"):
        result.setdefault(row["group_code"], []).append(row["substitute_group"])
    return result


def whole_province(product: Product) -> bool:
    return len(product.cities) == len(geography.cities())
