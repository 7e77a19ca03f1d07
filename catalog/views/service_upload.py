"""Service items, prices, consumables and eligibility by sheet, prefilled with what is in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from catalog.forms import services as typed
from catalog.models import ServicePrice
from catalog.operations.service_sheets import take_service_sheet
from catalog.queries.dated import holding
from catalog.queries.known_services import KnownServices, known_services
from catalog.queries.services import (
    may_keep_items,
    may_price,
    visible_service_consumables,
    visible_service_eligibility,
    visible_service_items,
    visible_service_prices,
)
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView

CODE = SheetColumn("item_code", "项目编码", 18, "已登记的服务项目编码")
FROM = SheetColumn("valid_from", "起始日", 14, "写成 2026-01-31")
CLAUSE = SheetColumn("clause", "依据", 40, "文件名称、文号或来源，不超过 200 字")


class ServiceUploadView(SheetUploadView):
    """One kind of sheet; a row is what the form takes, and what makes two rows the same thing."""

    form_class: ClassVar[type[typed.ServiceForm]]
    kind: ClassVar[str]
    same: ClassVar[tuple[str, ...]]
    names: KnownServices

    def allowed(self, scope: Scope) -> Verdict:
        return may_price(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        def codes(field: str) -> set[str]:
            return {row.cells.get(field, "") for row in rows}

        self.names = known_services(
            self.scope, items=codes("item_code"), products=codes("product_code"),
            groups=codes("group_code"), organisations=codes("institution_code"),
        )  # fmt: skip

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return self.form_class(texts, known=self.names)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        """Nothing twice; and what the kind itself adds."""
        seen: dict[tuple[Any, ...], int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            key = tuple(each.get(name) or "" for name in self.same)
            first = self.same[0]
            if key in seen:
                words = f"与第 {seen[key]} 行重复，只留一行"
                errors.append(
                    SheetError(row.line, self.heading(first), row.cells[first][:80], words)
                )
            seen.setdefault(key, row.line)
            errors += [
                SheetError(row.line, self.heading(field), row.cells.get(field, "")[:80], words)
                for field, words in self.faults(each, timezone.localdate())
            ]
        return errors

    def faults(self, values: dict[str, Any], today: date) -> list[tuple[str, str]]:
        return []

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        rows = [
            {name.removesuffix("_code"): each for name, each in one.items()}
            if self.kind != "service_items" else {k: v for k, v in one.items() if k != "version"}
            for one in values
        ]  # fmt: skip
        count = take_service_sheet(
            kind=self.kind, rows=rows, by=self.user, scope=self.scope, at=timezone.now()
        )
        return f"已写入 {count} 行"


class ServiceItemUploadView(ServiceUploadView):
    page_title = "批量登记服务项目"
    sheet_name = "服务项目"
    route, back_route = "service-items-upload", "service-items"
    form_class, kind, same = typed.ServiceItemForm, "service_items", ("code",)
    sheet_columns = (
        SheetColumn("code", "项目编码", 18, "国家项目编码；已有的编码视为修改"),
        SheetColumn("name", "项目名称", 36),
        SheetColumn("unit", "计价单位", 10, "次、例、单侧等"),
        SheetColumn("category", "类别", 12, "手术治疗、一般治疗、检查、检验或其他"),
        SheetColumn("content", "项目内涵", 50, "可空"),
    )

    def allowed(self, scope: Scope) -> Verdict:
        return may_keep_items(scope)

    def example_rows(self) -> list[list[Any]]:
        return [
            [row.code, row.name, row.unit, row.get_category_display(), row.content]
            for row in visible_service_items(self.scope).order_by("code")[: self.max_rows]
        ]


class ServicePriceUploadView(ServiceUploadView):
    page_title = "批量设定服务价格和中位价"
    sheet_name = "服务价格"
    route, back_route = "service-prices-upload", "service-prices"
    form_class, kind = typed.ServicePriceForm, "service_prices"
    same = ("item_code", "kind", "level")
    sheet_columns = (
        CODE,
        SheetColumn("kind", "种类", 12, "现行价格、周边中位价或全国中位价"),
        SheetColumn("level", "机构等级", 10, "空、三级、二级、一级或其他；中位价留空"),
        SheetColumn("price", "价格", 12, "元/计价单位，最多四位小数"),
        FROM,
        CLAUSE,
    )

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        super().prepare(rows)
        self.priced: dict[int, set[str]] = defaultdict(set)
        mine = visible_service_prices(self.scope).filter(
            item__in=[item.pk for item in self.names.items.values()],
            region=self.scope.region_id, kind=ServicePrice.Kind.IN_FORCE,
        )  # fmt: skip
        for item, level in mine.values_list("item", "level"):
            self.priced[item].add(level)

    def faults(self, values: dict[str, Any], today: date) -> list[tuple[str, str]]:
        found = [("price", "应大于 0")] if values["price"] <= 0 else []
        if values["kind"] != ServicePrice.Kind.IN_FORCE:
            return [*found, ("level", "中位价不分机构等级，留空")] if values["level"] else found
        known = values["level"] in self.priced[values["item_code"].pk]
        if known and values["valid_from"] < today:
            found.append(("valid_from", "早于今天：已过去的日子保持原价格"))
        return found

    def example_rows(self) -> list[list[Any]]:
        mine = visible_service_prices(self.scope).filter(
            holding(timezone.localdate()), region=self.scope.region_id
        )
        return [
            [row.item.code, row.get_kind_display(), row.get_level_display() if row.level else "",
             row.price, row.valid_from, row.clause]
            for row in mine.select_related("item").order_by("item__code", "pk")[: self.max_rows]
        ]  # fmt: skip


class ServiceConsumableUploadView(ServiceUploadView):
    page_title = "批量关联耗材"
    sheet_name = "关联耗材"
    route, back_route = "service-consumables-upload", "service-consumables"
    form_class, kind = typed.ServiceConsumableForm, "service_consumables"
    same = ("item_code", "group_code", "product_code")
    sheet_columns = (
        CODE,
        SheetColumn("group_code", "品种代码", 16, "品种和产品填其中一项"),
        SheetColumn("product_code", "国家医保编码", 28, "品种和产品填其中一项"),
        SheetColumn("way", "收费方式", 16, "项目外单独收费或项目内收费"),
        SheetColumn("quantity", "每次用量", 12, "大于 0，按品种的计量单位"),
        FROM,
        CLAUSE,
    )

    def allowed(self, scope: Scope) -> Verdict:
        return may_keep_items(scope)

    def faults(self, values: dict[str, Any], today: date) -> list[tuple[str, str]]:
        found = []
        group, product = values["group_code"], values["product_code"]
        if bool(group) == bool(product):
            found.append(("group_code", "两项都填了" if group else "品种和产品都没有填写"))
        elif (group or product).category != "consumable":
            found.append(("group_code" if group else "product_code", "不是耗材"))
        if values["quantity"] <= 0:
            found.append(("quantity", "应大于 0"))
        return found

    def example_rows(self) -> list[list[Any]]:
        rows = visible_service_consumables(self.scope).filter(holding(timezone.localdate()))
        return [
            [row.item.code, row.group.code if row.group else "",
             row.product.code if row.product else "", row.get_way_display(), row.quantity,
             row.valid_from, row.clause]
            for row in rows.select_related("item", "group", "product").order_by("item__code", "pk")[
                : self.max_rows
            ]
        ]  # fmt: skip


class ServiceEligibilityUploadView(ServiceUploadView):
    page_title = "批量登记调价执行资格"
    sheet_name = "调价执行资格"
    route, back_route = "service-eligibility-upload", "service-eligibility"
    form_class, kind = typed.ServiceEligibilityForm, "service_eligibility"
    same = ("institution_code",)
    sheet_columns = (
        SheetColumn("institution_code", "医疗机构编码", 18, "本地区医疗机构的定点编码"),
        SheetColumn("year", "考核年度", 10, "如 2026"),
        SheetColumn("verdict", "结论", 12, "优先执行或暂缓执行"),
        SheetColumn("share", "考核值", 10, "考核结果给出数值的填写"),
        SheetColumn("reason", "理由", 40, "是否按要求使用中选产品"),
        FROM,
        CLAUSE,
    )

    def faults(self, values: dict[str, Any], today: date) -> list[tuple[str, str]]:
        found = []
        if values["valid_from"] < today:
            found.append(("valid_from", "早于今天"))
        if not today.year - 2 <= values["year"] <= today.year:
            found.append(("year", f"应为 {today.year - 2} 至 {today.year}"))
        return found

    def example_rows(self) -> list[list[Any]]:
        rows = visible_service_eligibility(self.scope).filter(holding(timezone.localdate()))
        return [
            [row.institution.code, row.year, row.get_verdict_display(), row.share, row.reason,
             row.valid_from, row.clause]
            for row in rows.select_related("institution").order_by("institution__code")[
                : self.max_rows
            ]
        ]  # fmt: skip
