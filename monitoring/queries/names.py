"""Names for the codes in figures and warnings: a bounded number of queries for any page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from catalog.models import Batch, Group, Product
from organisations.models import Organisation, Pool, Region

REGION_SUBJECTS = ("county", "city", "province")
ORGANISATION_SUBJECTS = ("institution", "manufacturer", "distributor")


class Coded(Protocol):
    """A row that names its subject and keys by code, as it is exported."""

    subject_type: str
    subject_code: str
    batch_code: str
    group_code: str
    product_code: str


@dataclass(frozen=True)
class Names:
    """Names by code; a code without a name stands for itself."""

    subjects: dict[tuple[str, str], str] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)

    def subject(self, row: Coded) -> str:
        return self.subjects.get((row.subject_type, row.subject_code), row.subject_code)

    def batch(self, row: Coded) -> str:
        return self.batches.get(row.batch_code, row.batch_code)

    def group(self, row: Coded) -> str:
        return self.groups.get(row.group_code, row.group_code)

    def product(self, row: Coded) -> str:
        return self.products.get(row.product_code, row.product_code)

    def matter(self, row: Coded) -> str:
        """What the row is about besides its subject: group, product and batch, in this order."""
        parts = (self.group(row), self.product(row), self.batch(row))
        return " · ".join(part for part in parts if part)


def names_of(rows: Iterable[Coded]) -> Names:
    """The names of every code on these rows, in at most six queries."""
    listed = list(rows)
    by_type: dict[str, set[str]] = {}
    for row in listed:
        by_type.setdefault(row.subject_type, set()).add(row.subject_code)
    subjects: dict[tuple[str, str], str] = {}
    regions = set().union(*(by_type.get(kind, set()) for kind in REGION_SUBJECTS))
    if regions:
        for code, level, name in Region.objects.filter(code__in=regions).values_list(
            "code", "level", "name"
        ):
            subjects[level, code] = name
    organisations = set().union(*(by_type.get(kind, set()) for kind in ORGANISATION_SUBJECTS))
    if organisations:
        for code, name in Organisation.objects.filter(code__in=organisations).values_list(
            "code", "name"
        ):
            subjects.update({(kind, code): name for kind in ORGANISATION_SUBJECTS})
    if by_type.get("pool"):
        for code, name in Pool.objects.filter(code__in=by_type["pool"]).values_list("code", "name"):
            subjects["pool", code] = name
    products = _products(
        {row.product_code for row in listed if row.product_code} | by_type.get("product", set())
    )
    subjects.update({("product", code): name for code, name in products.items()})
    groups = {row.group_code for row in listed if row.group_code}
    found = list(Group.objects.filter(code__in=groups)) if groups else []
    batches = {row.batch_code for row in listed if row.batch_code}
    return Names(
        subjects=subjects,
        batches=dict(Batch.objects.filter(code__in=batches).values_list("code", "name"))
        if batches
        else {},
        groups={group.code: group.name for group in found},
        units={group.code: group.base_unit for group in found},
        products=products,
    )


def _products(codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    rows = Product.objects.filter(code__in=codes).values_list("code", "name", "specification")
    return {code: f"{name} {specification}".strip() for code, name, specification in rows}
