"""A hospital's own list: who sees it, its rows with their mappings, and how far it is mapped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import HospitalItem, ItemMapping
from catalog.states.hospital_item import STANDING_LEVELS, Doubt, ItemStanding
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import condition, party_alternatives, party_rows, within
from organisations.queries.visible import visible_organisations


def visible_hospital_items(scope: Scope) -> QuerySet[HospitalItem]:
    """Own, a consortium lead's members', a predecessor's; authorities and agency of the region."""
    return within(scope, HospitalItem.objects.all(), party_rows(scope))


def visible_item_mappings(scope: Scope) -> QuerySet[ItemMapping]:
    """As the item that is mapped."""
    seen = condition(party_alternatives(scope), "item__")
    return within(scope, ItemMapping.objects.all(), seen)


def items_with_parties(scope: Scope) -> QuerySet[HospitalItem]:
    return visible_hospital_items(scope).select_related("institution")


def item_of_key(rows: QuerySet[HospitalItem], key: str) -> HospitalItem | None:
    """The item that an address names: institution's code, a slash, the hospital's own code."""
    institution, _, his_code = key.partition("/")
    return rows.filter(institution__code=institution, his_code=his_code).first()


@dataclass(frozen=True)
class ItemRowShown:
    """An item beside its open mapping, where it has one."""

    item: HospitalItem
    mapping: ItemMapping | None

    @property
    def standing(self) -> str:
        return str(ItemStanding(self.item.standing).label)

    @property
    def level(self) -> str:
        return STANDING_LEVELS[ItemStanding(self.item.standing)]

    @property
    def doubts(self) -> list[str]:
        """Why it is doubtful; a stopped item is not asked about."""
        if self.mapping is None or self.item.standing != ItemStanding.DOUBTFUL:
            return []
        return [str(Doubt(each).label) for each in self.mapping.doubts]

    @property
    def conversion(self) -> str:
        """1 盒 = 28 片, as the hospital counts."""
        if self.mapping is None:
            return ""
        pack = self.mapping.product.pack_unit or "包装"
        return f"1 {pack} = {self.mapping.units_per_pack.normalize():f} {self.item.unit}"


def item_rows(items: Iterable[HospitalItem]) -> list[ItemRowShown]:
    """Rows with their open mappings and products; one query for any number."""
    listed = list(items)
    mappings = ItemMapping.objects.filter(
        item__in=[item.pk for item in listed], valid_to__isnull=True
    ).select_related("product__manufacturer", "product__group")
    by_item = {mapping.item_id: mapping for mapping in mappings}
    return [ItemRowShown(item, by_item.get(item.pk)) for item in listed]


def doubted_by(kind: str) -> Q:
    """Items whose open mapping has this doubt."""
    return Q(
        Exists(
            ItemMapping.objects.filter(
                item=OuterRef("pk"), valid_to__isnull=True, doubts__contains=[kind]
            )
        ),
        standing=ItemStanding.DOUBTFUL,
    )


def mapped_to(code: str) -> Q:
    """Items that are mapped to the product of this code now."""
    open_mappings = ItemMapping.objects.filter(
        item=OuterRef("pk"), valid_to__isnull=True, product__code=code
    )
    return Q(Exists(open_mappings))


def mapping_on(institution: Organisation, his_code: str, on: date) -> ItemMapping | None:
    """What the item was on a day: what is ordered or reported on it is converted by this."""
    return (
        ItemMapping.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
            item__institution=institution, item__his_code=his_code, valid_from__lte=on,
        )
        .select_related("product", "item")
        .first()
    )  # fmt: skip


def mapping_history(scope: Scope, item: HospitalItem) -> QuerySet[ItemMapping]:
    """Every mapping of the item, the newest first."""
    return (
        visible_item_mappings(scope)
        .filter(item=item)
        .select_related("product")
        .order_by("-valid_from", "-pk")
    )


def standing_counts(scope: Scope) -> dict[str, int]:
    """How many visible items of each standing."""
    rows = visible_hospital_items(scope).order_by().values("standing").annotate(number=Count("pk"))
    found = {row["standing"]: row["number"] for row in rows}
    return {str(key): found.get(key, 0) for key in ItemStanding.values}


def coverage(scope: Scope) -> QuerySet[Organisation]:
    """Visible institutions with how many items they have: `items`, `mapped`, `doubtful`,
    `unmapped`, and `share` mapped among those in use (per ten thousand, for sorting)."""
    rows = visible_organisations(scope).filter(kind=Organisation.Kind.INSTITUTION)
    counted: dict[str, Any] = {"items": _number(Q())} | {
        name: _number(Q(standing=name)) for name in ("mapped", "doubtful", "unmapped")
    }
    return (
        rows.select_related("region")
        .annotate(**counted)
        .annotate(in_use=F("mapped") + F("doubtful") + F("unmapped"))
    )


def _number(which: Q) -> Coalesce:
    counted = (
        HospitalItem.objects.filter(which, institution=OuterRef("pk"))
        .order_by()
        .values("institution")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
