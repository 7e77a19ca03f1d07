"""A manufacturer chooses what to apply for, fills the form in, and hands papers in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.applications import ApplicationForm, PapersForm
from catalog.models import Product
from catalog.operations.applications.drafts import draft_application, edit_application
from catalog.operations.applications.moving import application_url
from catalog.operations.applications.papers import HandedPaper, category_of, hand_in_papers
from catalog.operations.applications.problems import WrongApplication
from catalog.queries.application_offices import provinces_with_bureau, reviewing_levels
from catalog.queries.application_page import other_open, own_products
from catalog.queries.application_target import current_values
from catalog.queries.applications import files_applications
from catalog.rules.applications.papers import PAPERS, Paper, papers_of
from catalog.rules.applications.review import LEVEL_WORDS, ROUTES
from catalog.states.application import APPLICANT_STATES, ApplicationKind
from catalog.views.applications.detail import ApplicationDetailView
from core.transitions import ALLOWED, MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView

SHOWN_PRODUCTS = 30


class WritingView(ScopedTemplateView):
    """For people of manufacturers; others are told why not."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.is_manufacturer

    def entry(self, scope: Scope) -> Verdict:
        if files_applications(scope):
            return ALLOWED
        return Verdict(False, "挂网申请由本企业的经办、审核或负责人填写")

    def crumbs(self, *last: dict[str, str]) -> list[dict[str, str]]:
        return [{"label": "挂网申请", "url": reverse("application-list")}, *last]


class ApplicationKindsView(WritingView):
    """What can be applied for, who reviews it, and what is to be handed in."""

    template_name = "catalog/applications/kinds.html"
    page_title = "新的申请"
    page_note = "选择要办的事；原登记在申请生效以前一直有效"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = self.request.GET.get("product", "")[:40]
        product = own_products(self.scope).filter(code=code).first() if code else None
        levels = reviewing_levels(self.user.organisation, timezone.localdate())
        kinds = [
            {
                "kind": kind,
                "label": label,
                "path": _path_words(levels[kind]),
                "publicity": ROUTES[kind].publicity,
                "why": ROUTES[kind].why,
                "papers": [
                    f"{paper.label}（{paper.only_words}）"
                    if paper.only and not product
                    else paper.label
                    for paper in _papers(kind, product)
                ],
                "url": _new_url(kind, product),
            }
            for kind, label in ApplicationKind.choices
            if product is None or kind != ApplicationKind.NEW_PRODUCT
        ]
        return super().get_context_data(
            kinds=kinds, product=product, breadcrumbs=self.crumbs({"label": "新的申请"}), **kwargs
        )


def _papers(kind: str, product: Product | None) -> tuple[Paper, ...]:
    """Those of the product's category; of both where it is not known yet."""
    return papers_of(kind, product.category) if product else PAPERS[kind]


def _path_words(levels: Iterable[str]) -> str:
    return " → ".join(LEVEL_WORDS[level] for level in levels)


def _version(text: str) -> int | None:
    """None where nothing was sent; what is no version equals none that was ever held."""
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _new_url(kind: str, product: Product | None) -> str:
    address = reverse("application-new", args=[kind])
    return f"{address}?product={product.code}" if product else address


class ApplicationNewView(WritingView):
    """The form of one kind, for one product; without one, the own products to choose from."""

    template_name = "catalog/applications/form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["kind"] not in ApplicationKind.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def kind(self) -> str:
        return str(self.kwargs["kind"])

    def product(self) -> Product | None:
        """The chosen one of the own products; another's is not there."""
        code = self.request.GET.get("product", "")
        if self.kind == ApplicationKind.NEW_PRODUCT or not code:
            return None
        found = own_products(self.scope).filter(code=code[:40]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        product = self.product()
        if product is None and self.kind != ApplicationKind.NEW_PRODUCT:
            return self._choose()
        before = current_values(self.kind, product, timezone.localdate())
        form = self._form(initial=before)
        return self.render_to_response(self.get_context_data(form=form, product=product))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        product = self.product()
        form = self._form(request.POST)
        form.full_clean()
        provinces = {each.code: each for each in provinces_with_bureau()}
        values = {name: request.POST.get(name, "") for name in form.fields if name != "province"}
        try:
            row = draft_application(
                kind=self.kind, product=product, values=values,
                reason=str(values.pop("reason", "")), by=self.user, scope=self.scope,
                at=timezone.now(), province=provinces.get(request.POST.get("province", "")),
            )  # fmt: skip
        except WrongApplication as wrong:
            form.errors.clear()
            form.say(wrong.problems)
            return self._again(form, product)
        except MissingInput as missing:
            form.say({missing.field: missing.reason})
            return self._again(form, product)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已保存为草稿：请在本页补齐材料后提交")
        return HttpResponseRedirect(application_url(row))

    def _form(self, *args: Any, **kwargs: Any) -> ApplicationForm:
        provinces = {each.code: each.name for each in provinces_with_bureau()}
        own = self.user.organisation.region
        if own is not None:
            provinces = {}
        return ApplicationForm(*args, kind=self.kind, provinces=provinces, **kwargs)

    def _again(self, form: ApplicationForm, product: Product | None) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(form=form, product=product), status=400
        )

    def _choose(self) -> HttpResponse:
        words = self.request.GET.get("q", "").strip()[:60]
        rows = own_products(self.scope)
        if words:
            rows = rows.filter(name__icontains=words) | rows.filter(code__istartswith=words)
        found = list(rows.order_by("name", "code")[: SHOWN_PRODUCTS + 1])
        return self.render_to_response(
            self.get_context_data(
                choices=found[:SHOWN_PRODUCTS], more=len(found) > SHOWN_PRODUCTS, words=words
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product = kwargs.get("product")
        label = str(ApplicationKind(self.kind).label)
        return super().get_context_data(
            kind=self.kind,
            route=ROUTES[self.kind],
            path_words=_path_words(
                reviewing_levels(self.user.organisation, timezone.localdate())[self.kind]
            ),
            papers=_papers(self.kind, product),
            open_ones=list(other_open(self.scope, self.kind, product.code)) if product else [],
            draft=f"application-{self.kind}-{product.code if product else 'new'}",
            breadcrumbs=self.crumbs(
                {"label": "新的申请", "url": reverse("application-kinds")}, {"label": label}
            ),
            **{**kwargs, "page_title": label, "page_note": str(product) if product else ""},
        )


class ApplicationEditView(ApplicationDetailView):
    """Mend a draft or a returned one; the reviewers' words stand beside the fields."""

    template_name = "catalog/applications/form.html"

    def get_object(self) -> Any:
        found = super().get_object()
        own = {self.scope.organisation_id, *self.scope.predecessor_ids}
        if found.organisation_id not in own or not files_applications(self.scope):
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.object = self.get_object()
        if row.state not in APPLICANT_STATES:
            return HttpResponseRedirect(application_url(row))
        values = dict(row.items.values_list("field", "after"))
        form = ApplicationForm(kind=row.kind, initial={**values, "reason": row.reason})
        return self._page(form, 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.object = self.get_object()
        form = ApplicationForm(request.POST, kind=row.kind)
        form.full_clean()
        values = {name: request.POST.get(name, "") for name in form.fields}
        version = request.POST.get("version", "")
        try:
            edit_application(
                application=row, values=values, reason=str(values.pop("reason", "")),
                by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=_version(version),
            )  # fmt: skip
        except WrongApplication as wrong:
            form.errors.clear()
            form.say(wrong.problems)
            return self._page(form, 400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已保存")
        return HttpResponseRedirect(application_url(row))

    def _page(self, form: ApplicationForm, status: int) -> HttpResponse:
        row: Any = self.object
        findings = {item.field: item.finding for item in row.items.all() if item.finding}
        for name, finding in findings.items():
            if name in form.fields:
                form.fields[name].help_text = f"审核意见：{finding}"
        context = ScopedTemplateView.get_context_data(
            self, form=form, object=row, kind=row.kind, route=ROUTES[row.kind], product=row.product,
            path_words=_path_words(row.path), papers=papers_of(row.kind, category_of(row)),
            version=row.row_version, draft=f"application-edit-{row.application_no}",
            page_title=f"修改申请 {row.application_no}", cancel_url=application_url(row),
            breadcrumbs=[
                {"label": "挂网申请", "url": reverse("application-list")},
                {"label": row.application_no, "url": application_url(row)},
                {"label": "修改"},
            ],
        )  # fmt: skip
        return self.render_to_response(context, status=status)


class ApplicationPaperView(ApplicationDetailView):
    """The papers of the application, as many as were chosen, handed in at once from its page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.object = self.get_object()
        form = PapersForm(
            request.POST, request.FILES, papers=papers_of(row.kind, category_of(row)),
            held=dict(row.papers.values_list("paper", "substitute")),
        )  # fmt: skip
        if not form.is_valid():
            return self._again(
                row,
                form,
                {form.paper_of(name): str(found[0]) for name, found in form.errors.items()},
            )
        try:
            kept = hand_in_papers(
                application=row, handed=[HandedPaper(**each) for each in form.handed()],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except WrongApplication as wrong:
            return self._again(row, form, wrong.problems)
        except MissingInput as missing:
            return self._again(row, form, {"": missing.reason})
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已保存 {len(kept)} 份材料")
        return HttpResponseRedirect(f"{application_url(row)}#papers")

    def _again(self, row: Any, form: PapersForm, problems: Mapping[str, str]) -> HttpResponse:
        context = self.get_context_data(
            object=row, paper_problems=problems, typed_papers=form.typed(),
            paper_error=problems.get("") or "有材料没有填对，全部没有保存：请按下面的提示改正，并重新选择文件",
        )  # fmt: skip
        return self.render_to_response(context, status=400)
