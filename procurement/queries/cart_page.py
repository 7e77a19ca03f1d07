"""A cart as its page shows it: agreements with their progress, prices, warnings, alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import Product
from catalog.queries.search import named
from catalog.queries.visible import visible_products
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation
from organisations.queries.consortia import lead_of
from organisations.queries.scope import Scope
from procurement.models import Cart, CartLine, Order, OrderLine, OrderTemplate
from procurement.queries.order_sight import RowSight, look_at
from procurement.queries.quantity_account import Account, accounts, drawn_lines
from procurement.queries.visible import visible_orders

FOUND = 12
ZERO = Decimal(0)


@dataclass(frozen=True)
class CartRow:
    """One product for one institution; `line` None: it stands here because it is agreed."""

    institution: Organisation
    product: Product
    line: CartLine | None
    sight: RowSight
    account: Account | None
    distributor: str

    @property
    def key(self) -> str:
        return f"{self.institution.code}:{self.product.code}"

    @property
    def packs(self) -> Decimal | None:
        return self.line.packs if self.line else None

    @property
    def amount(self) -> Decimal:
        price = self.sight.supply.price
        return self.line.packs * price if self.line and price is not None else ZERO

    @property
    def blocking(self) -> list[str]:
        """Why it cannot be ordered, with whom to ask."""
        return [
            f"{each.text}。可咨询：{each.ask}" if each.ask else each.text
            for each in self.sight.obstacles if each.blocks
        ]  # fmt: skip

    @property
    def hints(self) -> list[str]:
        return [each.text for each in self.sight.obstacles if not each.blocks]

    @property
    def abnormal(self) -> str:
        return self.sight.abnormal_words(self.product, self.line.packs) if self.line else ""

    @property
    def in_packs(self) -> dict[str, Decimal] | None:
        """The account in packs: agreed, on its way, accepted, remaining."""
        if self.account is None:
            return None
        unit = self.product.base_units_per_pack
        return {
            "agreed": self.account.agreed / unit, "under_way": self.account.outstanding / unit,
            "accepted": self.account.consumed / unit, "remaining": self.account.remaining / unit,
        }  # fmt: skip

    @property
    def agreed_by(self) -> str:
        """Whose agreement it draws on, where that is not its own: of its consortium."""
        if self.account is None or self.account.line.institution_id == self.institution.pk:
            return ""
        name: str = self.account.line.institution.name
        return name

    @property
    def shortfall(self) -> Decimal | None:
        """Packs that will be missing at the year's end at the pace so far; 0 when none."""
        if self.account is None or not self.account.time_progress:
            return None
        projected = self.account.consumed / self.account.time_progress
        return max(self.account.agreed - projected, ZERO) / self.product.base_units_per_pack


def cart_rows(
    scope: Scope,
    cart: Cart | None,
    institution: Organisation,
    at: datetime,
    *,
    agreed: bool = True,
) -> list[CartRow]:
    """Lines of the cart, then what the institution has agreed and not put in yet.

    What its consortium's lead signed is agreed for it too; what another member signed shows beside
    a line that draws on it, and offers nothing. Not `agreed`: the lines alone, without their
    accounts, for the sums after each save.
    """
    lines: list[CartLine] = []
    if cart is not None:
        found = cart.lines.select_related(
            "institution__region__parent__parent", "product__manufacturer", "product__group"
        )
        lines = list(found.order_by("institution_id", "pk"))
    held = current_accounts(scope, institution, at) if agreed else {}
    rows: list[CartRow] = []
    by_institution: dict[int, list[CartLine]] = {}
    for line in lines:
        by_institution.setdefault(line.institution_id, []).append(line)
    by_institution.setdefault(institution.pk, [])
    for pk, own in by_institution.items():
        buyer = own[0].institution if own else institution
        known = held
        if pk != institution.pk:
            known = current_accounts(scope, buyer, at) if agreed else {}
        put = {line.product_id: line for line in own}
        products = {line.product_id: line.product for line in own}
        if pk == institution.pk and known:
            lead = lead_of(institution, shanghai_day(at))
            signers = {institution.pk, lead.pk if lead else institution.pk}
            products |= {
                p: a.line.product for p, a in known.items()
                if p not in products and a.line.institution_id in signers
            }  # fmt: skip
        rows += _rows(buyer, list(products.values()), put, known, at)
    return sorted(rows, key=lambda row: row.line is None)


def _rows(
    buyer: Organisation,
    products: list[Product],
    put: Mapping[int, CartLine],
    known: Mapping[int, Account],
    at: datetime,
) -> list[CartRow]:
    sights = look_at(buyer, products, at)
    ids = {s.supply.distributors[0] for s in sights.values() if s.supply.distributors}
    names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        CartRow(
            buyer, product, put.get(product.pk), sights[product.pk], known.get(product.pk),
            names.get(next(iter(sights[product.pk].supply.distributors), 0), ""),
        )
        for product in products
    ]  # fmt: skip


def current_accounts(scope: Scope, institution: Organisation, at: datetime) -> dict[int, Account]:
    """Accounts on which the institution's purchases draw, by product id; five queries."""
    lines = drawn_lines(scope, institution, at)
    return {account.line.product_id: account for account in accounts(scope, lines, at)}


def found_for_cart(
    scope: Scope, words: str, institution: Organisation, at: datetime
) -> list[CartRow]:
    """Products of the catalogue by name, code or initials, as this institution may order them."""
    if not words.strip():
        return []
    rows = visible_products(scope).filter(named(words)).select_related("manufacturer", "group")
    return _rows(institution, list(rows.order_by("name", "pk")[:FOUND]), {}, {}, at)


def products_by_code(scope: Scope, codes: Iterable[str]) -> dict[str, Product]:
    rows = visible_products(scope).filter(code__in=list(codes)).select_related("manufacturer")
    return {row.code: row for row in rows}


def template_rows(template: OrderTemplate) -> dict[str, Decimal]:
    """Packs by product code."""
    return {str(row["product"]): Decimal(str(row["packs"])) for row in template.rows}


def named_rows(
    scope: Scope, templates: Iterable[OrderTemplate]
) -> list[tuple[OrderTemplate, list[tuple[str, str]]]]:
    """Each template with (product, packs) of its rows; one query for any number."""
    held = list(templates)
    products = products_by_code(scope, {code for each in held for code in template_rows(each)})
    return [
        (each, [(str(products.get(code, code)), f"{packs.normalize():f}")
                for code, packs in template_rows(each).items()])
        for each in held
    ]  # fmt: skip


def order_packs(scope: Scope, order_no: str, institution: Organisation) -> dict[str, Decimal]:
    """Packs by product code of a past order of the institution; empty when it is not seen."""
    order = visible_orders(scope).filter(order_no=order_no, institution=institution).first()
    if order is None:
        return {}
    lines = OrderLine.objects.filter(order=order, ordered_at=order.sent_at)
    return dict(lines.values_list("product__code", "packs"))


def last_orders(scope: Scope, institution: Organisation) -> list[Order]:
    rows = visible_orders(scope).filter(institution=institution).select_related("distributor")
    return list(rows.order_by("-sent_at", "-id")[:6])
