"""The institution's shares by product as a workbook: prefilled, checked, written whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from volumes.forms import ChoiceRowForm
from volumes.models import AgreedRound
from volumes.operations.agreed.choose import choosable, choose_products
from volumes.queries.agreed import (
    Offer,
    chosen_shares,
    visible_agreed_rounds,
)
from volumes.queries.standings import ACTING_ROLES
from volumes.states.agreed import CLAUSE
from volumes.views.agreed import CRUMB, visible_product_names

WHOLE = 100


class ChoiceUploadView(SheetUploadView):
    page_title = "用 Excel 选择中选产品"
    page_note = "整份替换本单位的选择；有任何一处错误都不写入"
    sheet_name = "选择产品"
    route = "agreed-choice-upload"
    max_rows = 10_000
    check_whole = True
    sheet_columns = (
        SheetColumn("group", "品种代码", 16, "按模板，不要改动"),
        SheetColumn("name", "品种名称", 28, "只供对照"),
        SheetColumn("product_code", "国家医保编码", 28, "按模板，不要增删行"),
        SheetColumn("product", "产品", 36, "只供对照"),
        SheetColumn("maker", "生产企业", 30, "只供对照"),
        SheetColumn("share", "份额（%）", 12, "整数；同一品种合计 100，不指定的品种全部留空"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def entry(self, scope: Scope) -> Verdict:
        if scope.has_role(*ACTING_ROLES):
            return ALLOWED
        return Verdict(False, "由填报单位的经办、审核或负责人选择", CLAUSE)

    def allowed(self, scope: Scope) -> Verdict:
        """The last second, the state and 不限厂牌 are the operation's; here the round must be there."""
        assert self.round
        return ALLOWED

    @cached_property
    def round(self) -> AgreedRound:
        rows = visible_agreed_rounds(self.scope).select_related("batch", "organisation")
        row = rows.filter(round_no=self.kwargs["round_no"]).first()
        if row is None:
            raise Http404
        return row

    @cached_property
    def offered(self) -> dict[str, list[Offer]]:
        return choosable(self.round, self.user.organisation)

    def upload_url(self) -> str:
        return reverse(self.route, args=[self.round.round_no])

    def back_url(self) -> str:
        return reverse("agreed-choice", args=[self.round.round_no])

    def example_rows(self) -> list[list[Any]]:
        """Every product that may be chosen, with the share that it has now."""
        codes = [each.code for offers in self.offered.values() for each in offers]
        products = {each.code: each for each in visible_product_names(self.scope, codes)}
        chosen = chosen_shares(self.scope, self.round)
        found = []
        for group, offers in self.offered.items():
            for each in offers:
                named = products[each.code]
                found.append([group, named.group.name if named.group else "", each.code, str(named),
                              named.manufacturer.name, chosen.get(each.code)])  # fmt: skip
        return found

    def row_form(self, texts: dict[str, str]) -> ChoiceRowForm:
        return ChoiceRowForm(texts, offered=self.offered)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        errors: list[SheetError] = []
        lines: dict[str, int] = {}
        sums: dict[str, int] = defaultdict(int)
        seen: set[str] = set()
        for row, each in zip(rows, values, strict=True):
            if each["product_code"] in seen:
                errors.append(SheetError(row.line, "国家医保编码", each["product_code"],
                                         "这个产品出现了两次", "只留一行"))  # fmt: skip
            seen.add(each["product_code"])
            lines.setdefault(each["group"], row.line)
            sums[each["group"]] += each["share"] or 0
        for group, total in sums.items():
            if total not in (0, WHOLE):
                errors.append(SheetError(lines[group], "份额（%）", str(total),
                                         f"品种 {group} 各产品份额合计应为 100，现为 {total}",
                                         "调整份额；不指定的品种全部留空"))  # fmt: skip
        missing = [
            each.code
            for offers in self.offered.values()
            for each in offers
            if each.code not in seen
        ]
        errors += [
            SheetError(0, "国家医保编码", code, "缺少这个产品的一行", "不要删行；重新下载模板填写")
            for code in missing[:20]
        ]
        return sorted(errors, key=lambda each: each.line)

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        shares: dict[str, dict[str, int]] = defaultdict(dict)
        for each in values:
            if each["share"]:
                shares[each["group"]][each["product_code"]] = each["share"]
        number = choose_products(
            row=self.round, shares=shares, by=self.user, scope=self.scope, at=timezone.now()
        )
        return f"已保存 {number} 个产品的份额，截止前可以再改"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.round.round_no
        crumbs = [
            {"label": CRUMB, "url": reverse("agreed-rounds")},
            {"label": number, "url": reverse("agreed-round", args=[number])},
            {"label": "选择产品", "url": self.back_url()},
            {"label": "用 Excel 选择"},
        ]
        return super().get_context_data(**{"breadcrumbs": crumbs, **kwargs})
