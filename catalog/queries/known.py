"""Products, groups and organisations by their codes: for a form one by one, for a sheet in three queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from catalog.models import Group, Product
from catalog.queries.visible import visible_groups, visible_products
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


@dataclass
class Known:
    """What codes stand for in somebody's sight. Without `loaded`, each is asked for by itself."""

    scope: Scope
    loaded: bool = False
    products: dict[str, Product] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def product(self, code: str) -> Product | None:
        if self.loaded:
            return self.products.get(code)
        return visible_products(self.scope).filter(code=code).first()

    def group(self, code: str) -> Group | None:
        if self.loaded:
            return self.groups.get(code)
        return visible_groups(self.scope).filter(code=code).first()

    def organisation(self, code: str) -> Organisation | None:
        """An institution or an enterprise."""
        if self.loaded:
            return self.organisations.get(code)
        return _traders(self.scope).filter(code=code).first()


def known(
    scope: Scope,
    *,
    products: Iterable[str] = (),
    groups: Iterable[str] = (),
    organisations: Iterable[str] = (),
) -> Known:
    """Loaded with these codes."""
    return Known(
        scope,
        loaded=True,
        products={row.code: row for row in visible_products(scope).filter(code__in=set(products))},
        groups={row.code: row for row in visible_groups(scope).filter(code__in=set(groups))},
        organisations={
            row.code: row for row in _traders(scope).filter(code__in=set(organisations))
        },
    )


def _traders(scope: Scope) -> QuerySet[Organisation]:
    return visible_organisations(scope).filter(kind__in=("institution", "enterprise"))
