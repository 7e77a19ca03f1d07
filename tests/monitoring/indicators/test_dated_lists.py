"""A new edition of substitutes and factors: ended months stay as they were, later ones are the twin's."""

from __future__ import annotations

import csv
from calendar import monthrange
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Group, Product
from catalog.operations.editions import NewLine, decide_edition, propose_edition
from organisations.models import Organisation, Region, User
from organisations.queries.scope import scope_of
from tests.factories import organisations as people
from tests.monitoring.indicators.provinces import (
    Figure,
    Key,
    compute,
    differences,
    figures_of,
    load_folder,
)
from tests.oracle.dataset import Dataset, read_dataset
from tests.oracle.dated import Edited, dataset_on
from tests.oracle.export import write_indicators
from tests.oracle.indicators import indicators
from tests.oracle.periods import Month
from tests.oracle.random_province.generate import generate
from tests.oracle.world import World

SEED, SIZE = 3, 150


def expected(data: Dataset, month: str, out: Path) -> dict[Key, Figure]:
    world = World(data, Month.parse(month))
    write_indicators(out, world, indicators(world))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {tuple(row[1:10]): (Decimal(row[10]), Decimal(row[11]), row[13] == "1") for row in rows}


def planned(data: Dataset, start: date) -> list[Edited]:
    """One substitute ends, another comes in, and the product bought most counts twice as much."""
    gone = data.substitutes[0]
    known = {(each.group_code, each.product_code) for each in data.substitutes}
    added = next(
        product for product in data.products
        if product.group_code and product.group_code != gone.group_code
        and (gone.group_code, product.code) not in known
    )  # fmt: skip
    bought = [line.product_code for line in data.lines]
    factor = {product.code: product.base_units_per_pack for product in data.products}
    most = max(sorted(set(bought)), key=bought.count)
    return [
        Edited(start, "end", gone.product_code, gone.group_code),
        Edited(start, "add", added.code, gone.group_code),
        Edited(start, "set", most, factor=factor[most] * 2),
    ]


def publish(lines: list[Edited], at: datetime) -> None:
    """As the province's people do it: one edition of each list, by two of them."""
    bureau = Organisation.objects.filter(kind="bureau", region__level="province").first()
    bureau = bureau or people.organisation("bureau", region=Region.objects.get(level="province"))
    one, two = (people.person(bureau, "reviewer") for _ in range(2))

    def acting(user: User) -> dict[str, object]:
        return {"by": user, "scope": scope_of(user, at.date()), "at": at}

    for kind, actions in (("substitutes", {"add", "end"}), ("conversions", {"set"})):
        edition = propose_edition(
            kind=kind, title="测试", basis="测试文件", effective_from=lines[0].effective_from,
            lines=[
                NewLine(
                    line.action, Product.objects.get(code=line.product_code),
                    Group.objects.get(code=line.group_code) if line.group_code else None,
                    line.factor if line.action == "set" else None,
                )
                for line in lines
                if line.action in actions
            ],
            **acting(one),  # type: ignore[arg-type]
        )  # fmt: skip
        decide_edition(edition=edition, verb="publish", **acting(two))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_ended_month_stays_and_the_running_one_follows_the_edition(tmp_path: Path) -> None:
    folder = tmp_path / "province"
    ended, running = generate(SEED, folder, SIZE)[-2:]
    data = read_dataset(folder)
    load_folder(folder)
    first, start = date.fromisoformat(f"{ended}-01"), date.fromisoformat(f"{running}-01")
    compute(first)
    compute(start)
    before, moved_from = figures_of(first), figures_of(start)
    lines = planned(data, start)
    publish(lines, datetime(start.year, start.month, 10, 2, tzinfo=UTC))
    compute(first)
    compute(start)
    assert differences(figures_of(first), before) == []
    assert figures_of(start) != moved_from
    for month, day in ((ended, first), (running, start)):
        last = day.replace(day=monthrange(day.year, day.month)[1])
        wanted = expected(dataset_on(data, lines, last), month, tmp_path / f"{month}.csv")
        assert wanted and differences(figures_of(day), wanted) == []
