"""What a field for a code may mean while somebody types, and the field with what was chosen."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from catalog.forms.product_input import CodeInput, ProductInput
from catalog.queries.code_options import SOURCES, code_option, code_options
from catalog.queries.product_search import MOST_LETTERS, find_products, found_products
from catalog.queries.visible import visible_products
from organisations.views.scoped import ScopedTemplateView

FIELD = re.compile(r"[a-z][a-z_]{0,39}\Z")
SHOWN = 10


class ProductOptionsView(ScopedTemplateView):
    """A fragment. `field` names the form's field, under which its text comes; `pick` is a choice;
    `of` names another kind of code than products'."""

    template_name = "catalog/_product_options.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        field = request.GET.get("field", "")
        if not FIELD.match(field):
            raise Http404
        of = request.GET.get("of", "")
        if of and of not in SOURCES:
            raise Http404
        pick = request.GET.get("pick", "")[:MOST_LETTERS]
        text = request.GET.get(field, "").strip()[:MOST_LETTERS]
        if of:
            return self._picked_code(field, of, pick) if pick else self._codes(field, of, text)
        if pick:
            return self._picked(field, pick[:27])
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

    def _codes(self, field: str, of: str, text: str) -> HttpResponse:
        options = code_options(self.scope, of, text, limit=SHOWN)
        return self.render_to_response(
            self.get_context_data(
                options=options[:SHOWN], more=len(options) > SHOWN, text=text, field=field, of=of
            )
        )

    def _picked_code(self, field: str, of: str, code: str) -> HttpResponse:
        option = code_option(self.scope, of, code)
        if option is None:
            raise Http404
        widget = CodeInput(of)
        widget.chosen = option.name
        attrs = {"id": f"id_{field}", "class": "form-control", "maxlength": "40"}
        return HttpResponse(widget.render(field, option.code, attrs))
