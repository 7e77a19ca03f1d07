"""Found products as the search shows them: what they are here, at what price, orderable or why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Listing, Product, ProductRegistration, Selection
from catalog.queries.in_force import holds_on, own_regions
from catalog.queries.orderable import Obstacle, obstacles
from catalog.queries.product_rows import STANDINGS
from catalog.queries.registrations import covers
from catalog.queries.visible import visible_selections
from organisations.models import Organisation
from organisations.queries.scope import Scope

OPEN, NOTED, CLOSED = ("可采购", "green"), ("可采购，有提示", "yellow"), ("不能采购", "red")
LISTED, LISTED_NOTED = ("在网", "green"), ("在网，有提示", "yellow")
"""For who does not order: whether one may depends on the institution (agreement, relation)."""


@dataclass(frozen=True)
class FoundRow:
    """`price` is what the reader pays per pack today: the selection's where its region is supplied,
    else the listed one; `batches` are those in which the product has the role `standing` there."""

    product: Product
    listing_no: str
    registration_no: str
    standing: str
    standing_level: str
    batches: list[str]
    price: Decimal | None
    price_words: str
    obstacles: list[Obstacle]
    for_institution: bool

    @property
    def is_orderable(self) -> bool:
        return not any(each.blocks for each in self.obstacles)

    @property
    def verdict(self) -> tuple[str, str]:
        """Words and badge level."""
        if not self.is_orderable:
            return CLOSED
        if not self.for_institution:
            return LISTED_NOTED if self.obstacles else LISTED
        return NOTED if self.obstacles else OPEN


def found_rows(
    scope: Scope, products: Sequence[Product], on: date, institution: Organisation | None
) -> list[FoundRow]:
    """Rows in the order given; as many queries for fifty as for one."""
    ids = [product.pk for product in products]
    reasons = obstacles(products, on, institution)
    listings = dict(Listing.objects.filter(product__in=ids).values_list("product_id", "listing_no"))
    papers = dict(
        ProductRegistration.objects.filter(covers(on), product__in=ids).values_list(
            "product_id", "registration__number"
        )
    )
    here = own_regions(scope)
    selections: dict[int, list[Selection]] = defaultdict(list)
    for selection in (
        visible_selections(scope)
        .filter(holds_on(on), product__in=ids)
        .select_related("batch")
        .order_by("price", "pk")
    ):
        if not here or selection.region_id in here:
            selections[selection.product_id].append(selection)
    return [
        _row(
            product, selections[product.pk], reasons[product.pk],
            listings.get(product.pk, ""), papers.get(product.pk, ""), bool(here),
            institution is not None,
        )
        for product in products
    ]  # fmt: skip


def _row(
    product: Product,
    selections: list[Selection],
    reasons: list[Obstacle],
    listing_no: str,
    registration_no: str,
    has_place: bool,
    for_institution: bool,
) -> FoundRow:
    roles = {selection.role for selection in selections}
    standing = "selected" if "selected" in roles else "standby" if roles else "other"
    bearing = [selection for selection in selections if selection.role == standing]
    words, level = STANDINGS[standing]
    price, said = product.listed_price, "挂网价"
    if bearing and has_place:
        price, said = bearing[0].price, "中选价" if standing == "selected" else "备供价"
    return FoundRow(
        product=product,
        listing_no=listing_no,
        registration_no=registration_no,
        standing=words,
        standing_level=level,
        batches=list(dict.fromkeys(selection.batch.name for selection in bearing)),
        price=price,
        price_words=said,
        obstacles=reasons,
        for_institution=for_institution,
    )
