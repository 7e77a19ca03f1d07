"""Fill the cart by one Excel sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.ordering import CartRowForm
from procurement.operations.carts import CartChange, change_cart, open_cart
from procurement.queries.cart_page import products_by_code
from procurement.queries.ordering import may_order, orderer
from procurement.rules.ordering import CLAUSE, MOST_LINES
from procurement.views.column_names import OwnLayout


class CartUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    page_title = "Excel 填写采购车"
    sheet_name = "采购车"
    route, back_route = "cart-upload", "cart"
    max_rows = MOST_LINES
    mapping_kind = "orders"
    own_sheet_columns = (
        SheetColumn("product_code", "国家医保编码", 28, "一行一个产品"),
        SheetColumn("packs", "订购包装数", 14, "整数"),
        SheetColumn("reason", "临床理由", 40, "非中选产品且同品种有中选产品的填写"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def allowed(self, scope: Scope) -> Verdict:
        words = "采购车由本机构的经办、审核人员或负责人填写"
        return Verdict(True) if may_order(scope) else Verdict(False, words, CLAUSE)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        codes = {row.cells.get("product_code", "") for row in rows}
        self.products = products_by_code(self.scope, codes)

    def row_form(self, texts: dict[str, str]) -> CartRowForm:
        return CartRowForm(texts, products=self.products)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        heading = self.heading("product_code")
        seen: dict[int, int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            pk = each["product_code"].pk
            if pk in seen:
                errors.append(
                    SheetError(
                        row.line, heading, row.cells.get("product_code", ""),
                        f"与第 {seen[pk]} 行是同一产品", "合并成一行",
                    )
                )  # fmt: skip
            seen.setdefault(pk, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        now = timezone.now()
        buyer = orderer(self.scope, "")
        assert buyer is not None
        cart = open_cart(by=self.user, scope=self.scope, at=now)
        change_cart(
            cart=cart, by=self.user, scope=self.scope, at=now,
            changes=[
                CartChange(buyer, each["product_code"], each["packs"], each["reason"] or None)
                for each in values
            ],
        )  # fmt: skip
        return f"已放入 {len(values)} 个产品，请核对后发送"
