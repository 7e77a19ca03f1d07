"""A small catalogue: one batch that runs, its groups, products and results, and its readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from catalog.models import Batch, Group, Product
from core.pinyin.spell import spell
from organisations.models import Organisation, Region, User
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people

TODAY = date(2026, 6, 15)


@dataclass(frozen=True)
class Shelf:
    """甲医院 stands in `city`, a hospital of `other_city` and its bureau beside it."""

    province: Region
    city: Region
    other_city: Region
    hospital: Organisation
    foreign_hospital: Organisation
    batch: Batch
    group: Group
    product: Product


@pytest.fixture
def shelf(db: None) -> Shelf:
    province = people.region(name="江右省")
    city, other = people.region(parent=province), people.region(parent=province)
    batch = make.batch(
        code="JX-T-1", name="第九批药品集中采购", policy=Policy.objects.get(code="jiangxi-2024"),
        issued_on=date(2025, 11, 3), effective_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    for number, year in enumerate((2026, 2027), start=1):
        make.agreement_year(
            batch=batch, year_no=number, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
        )
    make.batch_parameter(
        batch=batch, parameter="non_selected_share_max", value="0.4", clause="执行〔2026〕1号 三"
    )
    spelled = spell("阿托伐他汀")
    group = make.group(
        code="G-ATFTT", name="阿托伐他汀", initials=spelled.initials, pinyin=spelled.pinyin
    )
    product = make.product(code="XA01", name="阿托伐他汀片", group=group, base_units_per_pack=28)
    make.selection(batch=batch, product=product, region=city, price="5.60")
    return Shelf(
        province, city, other, people.organisation(region=people.region(parent=city)),
        people.organisation(region=people.region(parent=other)), batch, group, product,
    )  # fmt: skip


@pytest.fixture
def reader(shelf: Shelf) -> User:
    return people.person(shelf.hospital, "clerk")


@pytest.fixture
def read(client: Client, reader: User) -> Callable[[str], str]:
    """The text of a page as 甲医院 reads it; the page must be there."""
    client.force_login(reader)

    def text(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, answer.content.decode()[:400]
        return answer.content.decode()

    return text
