"""产品检索: what everybody types into the box at the top."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from catalog.queries.found_rows import found_rows
from catalog.queries.not_found import explain_not_found
from catalog.queries.product_search import MOST_FOUND, MOST_LETTERS, find_products, found_products
from organisations.models import Organisation, User
from organisations.queries.guides import office_for
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView


def ordering_institution(user: User, scope: Scope) -> Organisation | None:
    """For whom it is asked whether a product may be ordered; nobody's order for other readers."""
    return user.organisation if scope.kind == "institution" else None


class ProductSearchView(ScopedTemplateView):
    template_name = "catalog/product_search.html"
    page_title = "产品检索"
    page_note = "名称、拼音或首字母、国家医保编码（也可只填一段）、挂网ID、注册证号、生产企业、品种；医院还可填院内编码"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:MOST_LETTERS]
        found = find_products(self.scope, text)
        products = found_products(self.scope, found)
        rows = found_rows(
            self.scope, products, timezone.localdate(), ordering_institution(self.user, self.scope)
        )
        stuck = not rows or any(not row.is_orderable for row in rows)
        office = office_for(self.scope) if text and stuck else None
        return super().get_context_data(
            text=text,
            search_text=text,
            rows=rows,
            more=found.more,
            most=MOST_FOUND,
            for_institution=self.scope.kind == "institution",
            columns=[
                {"label": "产品"},
                {"label": "生产企业"},
                {"label": "品种"},
                {"label": "身份"},
                {"label": "价格", "numeric": True, "unit": "元/包装"},
                {"label": "能否采购" if self.scope.kind == "institution" else "挂网情况"},
            ],
            not_found=explain_not_found(self.scope, text) if text and not rows else None,
            office=office,
            office_guide=getattr(office, "guide", None),
            **kwargs,
        )
