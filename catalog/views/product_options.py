"""Products for a field while somebody types, and the field filled in with the one that was chosen."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from catalog.forms.product_input import ProductInput
from catalog.queries.product_search import MOST_LETTERS, find_products, found_products
from catalog.queries.visible import visible_products
from organisations.views.scoped import ScopedTemplateView

FIELD = re.compile(r"[a-z][a-z_]{0,39}\Z")
SHOWN = 10


class ProductOptionsView(ScopedTemplateView):
    """A fragment. `field` names the form's field, under which its text comes; `pick` is a choice."""

    template_name = "catalog/_product_options.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        field = request.GET.get("field", "")
        if not FIELD.match(field):
            raise Http404
        pick = request.GET.get("pick", "")
        if pick:
            return self._picked(field, pick[:27])
        text = request.GET.get(field, "").strip()[:MOST_LETTERS]
        found = find_products(self.scope, text, limit=SHOWN)
        return self.render_to_response(
            self.get_context_data(
                products=found_products(self.scope, found), more=found.more, text=text, field=field
            )
        )

    def _picked(self, field: str, code: str) -> HttpResponse:
        product = visible_products(self.scope).filter(code=code).first()
        if product is None:
            raise Http404
        widget = ProductInput()
        widget.chosen = str(product)
        attrs = {"id": f"id_{field}", "class": "form-control", "maxlength": "27"}
        return HttpResponse(widget.render(field, product.code, attrs))
