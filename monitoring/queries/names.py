"""Names for the codes in figures and warnings: a bounded number of queries for any page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from django.utils import timezone

from catalog.models import Batch, Group, Product
from organisations.models import Pool, Region
from organisations.queries.changes import NameUntil, names_by_code

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
    past: dict[str, list[NameUntil]] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)

    def subject(self, row: Coded) -> str:
        """As it was called on the row's day: figures and warnings keep the name of their time."""
        code = row.subject_code
        day = day_of(row)
        then = next(
            (past.former_name for past in self.past.get(code, ()) if _ends_after(past, day)), ""
        )
        return then or self.subjects.get((row.subject_type, code), code)

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


def day_of(row: Any) -> date:
    """The day that a row is of: a warning's first, a figure's last of the month, else today."""
    opened = getattr(row, "opened_at", None)
    if opened is not None:
        return timezone.localtime(opened).date()
    month: date | None = getattr(row, "month", None)
    if month is None:
        return timezone.localdate()
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _ends_after(past: NameUntil, day: date) -> bool:
    return past.valid_to is not None and past.valid_to > day


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
    past: dict[str, list[NameUntil]] = {}
    for known in names_by_code(organisations) if organisations else ():
        for held in {known.code, known.former_code} & organisations:
            subjects.update({(each, str(held)): known.name for each in ORGANISATION_SUBJECTS})
            if known.valid_to is not None:
                past.setdefault(str(held), []).append(known)
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
        past=past,
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
