"""What codes stand for where services are typed: items, consumables, institutions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.models import ServiceItem
from catalog.queries.known import Known, known
from catalog.queries.services import visible_service_items
from organisations.queries.scope import Scope


@dataclass
class KnownServices(Known):
    items: dict[str, ServiceItem] = field(default_factory=dict)

    def item(self, code: str) -> ServiceItem | None:
        if self.loaded:
            return self.items.get(code)
        return visible_service_items(self.scope).filter(code=code).first()


def known_services(
    scope: Scope,
    *,
    items: Iterable[str] = (),
    products: Iterable[str] = (),
    groups: Iterable[str] = (),
    organisations: Iterable[str] = (),
) -> KnownServices:
    """Loaded with these codes, in four queries."""
    found = known(scope, products=products, groups=groups, organisations=organisations)
    rows = visible_service_items(scope).filter(code__in=set(items))
    return KnownServices(
        scope, loaded=True, products=found.products, groups=found.groups,
        organisations=found.organisations, items={row.code: row for row in rows},
    )  # fmt: skip
