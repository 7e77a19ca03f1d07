"""Pages of agreed quantities: rounds, the institution's choice, what was agreed, by product."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from catalog.queries.steps import steps_of
from catalog.queries.visible import visible_products
from catalog.views.quality import OneFormView
from core.transitions import ALLOWED, MissingInput, NotYours, Refusal, Verdict
from core.views.conflict import checked_version
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from volumes.filters import AgreedFilter, AgreedShareFilter, RoundFilter
from volumes.forms import ChoiceForm, RoundForm
from volumes.formulas.agreed import RULE
from volumes.models import AgreedQuantity, AgreedRound, AgreedShare
from volumes.operations.agreed.agreements import request_agreements
from volumes.operations.agreed.choose import choosable, choose_products
from volumes.operations.agreed.rounds import confirm_round, open_round, request_computation
from volumes.queries.agreed import (
    chosen_shares,
    opens_rounds,
    product_totals,
    round_standings,
    round_totals,
    visible_agreed_quantities,
    visible_agreed_rounds,
    visible_agreed_shares,
)
from volumes.queries.standings import ACTING_ROLES
from volumes.rules.unbound import RULE as UNBOUND_RULE
from volumes.rules.unbound import bound_to_products
from volumes.states.agreed import CLAUSE, ROUND_LEVELS, ROUND_MACHINE
from volumes.tables import QUANTITY_COLUMNS, ROUND_COLUMNS, SHARE_COLUMNS

CRUMB = "约定采购量"
STEPS = {
    "agreed_round.open": "发起",
    "agreed_round.compute": "测算",
    "agreed_round.publish": "导入公布约定量",
    "agreed_round.confirm": "确认",
}


class RoundListView(FilteredListView):
    page_title = CRUMB
    page_note = (
        "报量 × 约定比例，按机构选择或报量厂牌分配到中选产品的整包装；组织方已公布的，以公布数为准"
    )
    filterset_class = RoundFilter
    columns = ROUND_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "agreed-rounds", "agreed-rounds-export", CRUMB
    bar = ("state", "batch")
    search_hint = "编号、批次名称或代码、拼音首字母"
    empty_text = "报量确认后，由省级医保局按批次年度发起。"

    def everything(self, scope: Scope) -> QuerySet[AgreedRound]:
        return visible_agreed_rounds(scope).select_related("batch", "organisation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [{"label": "产品约定量", "url": reverse("agreed-shares")}]
        if self.scope.kind != "enterprise":
            actions.insert(0, {"label": "品种约定量", "url": reverse("agreed-quantities")})
        if opens_rounds(self.scope):
            new = {"label": "发起", "url": reverse("agreed-round-new"), "kind": "primary"}
            actions.insert(0, new)
        return super().get_context_data(actions=actions, **kwargs)


class RoundExportView(ExportMixin, RoundListView):
    pass


class RoundNewView(OneFormView):
    page_title = "发起约定采购量"
    page_note = "发起后各填报单位收到待办，在截止前选择中选产品"
    form_class = RoundForm
    list_route, list_label = "agreed-rounds", CRUMB
    submit, done = "发起", "已发起，各填报单位已收到待办"

    def allowed(self, scope: Scope) -> Verdict:
        if opens_rounds(scope):
            return ALLOWED
        return Verdict(False, "约定采购量由省级医保局的经办、审核或负责人发起", CLAUSE)

    def initial(self) -> dict[str, Any]:
        return {
            "batch": self.request.GET.get("batch", ""),
            "year_no": self.request.GET.get("year_no", ""),
        }

    def make(self, values: dict[str, Any]) -> str:
        row = open_round(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("agreed-round", args=[row.round_no])


class RoundView(ScopedDetailView):
    template_name = "volumes/agreed_round.html"
    key_field = key = "round_no"

    def visible(self, scope: Scope) -> QuerySet[AgreedRound]:
        return visible_agreed_rounds(scope).select_related("batch", "organisation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: AgreedRound = kwargs["object"]
        here = f"?round={row.round_no}"
        chooses = self.scope.kind == "institution" and row.state != AgreedRound.State.CONFIRMED
        links: list[dict[str, Any]] = [
            {"label": "产品约定量", "url": f"{reverse('agreed-shares')}{here}"}
        ]
        if self.scope.kind != "enterprise":
            links.insert(0, {"label": "品种约定量", "url": f"{reverse('agreed-quantities')}{here}"})
        if chooses:
            choice = {"label": "选择产品", "kind": "primary",
                      "url": reverse("agreed-choice", args=[row.round_no])}  # fmt: skip
            links.insert(0, choice)
        imports = opens_rounds(self.scope) and row.organisation_id == self.scope.organisation_id
        if imports and row.state != AgreedRound.State.CONFIRMED:
            links.append({"label": "导入公布约定量",
                          "url": reverse("agreed-upload", args=[row.round_no])})  # fmt: skip
        standings = round_standings(self.scope, row)
        if standings and row.state == AgreedRound.State.CONFIRMED:
            links.insert(0, {"label": "生成协议", "kind": "primary", "method": "post",
                             "url": reverse("agreed-round-act", args=[row.round_no, "agreements"])})  # fmt: skip
        return super().get_context_data(
            **{
                "level": ROUND_LEVELS[row.state],
                "rule": RULE,
                "holder_words": _holder(row),
                "totals": round_totals(self.scope, row) if self.scope.kind != "enterprise" else None,
                "products": product_totals(self.scope, row)[:200],
                "unbound_rule": UNBOUND_RULE if row.unbound_levels else "",
                "unbound": "、".join(
                    str(Organisation.Level(each).label) for each in row.unbound_levels
                ),
                "offered": offered_actions(
                    ROUND_MACHINE.offers(row, round_standings(self.scope, row)),
                    url=lambda verb: reverse("agreed-round-act", args=[row.round_no, verb]),
                    version=row.row_version,
                ),
                "timeline": steps_of(ROUND_MACHINE.name, row.pk, STEPS),
                "actions": links,
                "here": here,
                "breadcrumbs": [{"label": CRUMB, "url": reverse("agreed-rounds")},
                                {"label": row.round_no}],
                **kwargs,
                "page_title": f"{CRUMB}：{row.batch.name} 第 {row.year_no} 年",
            }
        )  # fmt: skip


def _holder(row: AgreedRound) -> str:
    match row.state:
        case AgreedRound.State.OPEN:
            return f"填报单位选择产品，{row.organisation.name}测算"
        case AgreedRound.State.COMPUTED:
            return f"{row.organisation.name}核对差异后确认"
    return "已确认，可生成协议"


class RoundActView(RoundView):
    """POST only: queue the computation, or confirm."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: AgreedRound = self.get_object()
        common: dict[str, Any] = {
            "row": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
        }  # fmt: skip
        try:
            version = checked_version(request)
            match kwargs["verb"]:
                case "compute":
                    job = request_computation(seen_version=version, **common)
                    messages.success(request, "已开始测算，完成后在本页查看")
                    return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
                case "confirm":
                    confirm_round(seen_version=version, **common)
                    messages.success(request, "已确认，各单位和生产企业已收到通知")
                case "agreements":
                    job = request_agreements(**common)
                    messages.success(request, "已开始生成协议，完成后在协议列表查看")
                    return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
                case _:
                    raise Http404
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("agreed-round", args=[row.round_no]))


class ChoiceView(ScopedDetailView):
    """The institution's shares by product, group by group."""

    template_name = "volumes/agreed_choice.html"
    key_field = key = "round_no"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def entry(self, scope: Scope) -> Verdict:
        if scope.has_role(*ACTING_ROLES):
            return ALLOWED
        return Verdict(False, "由填报单位的经办、审核或负责人选择", CLAUSE)

    def visible(self, scope: Scope) -> QuerySet[AgreedRound]:
        return visible_agreed_rounds(scope).select_related("batch", "organisation")

    def _form(self, row: AgreedRound, data: Any = None) -> ChoiceForm:
        own = self.user.organisation
        return ChoiceForm(data, offered=choosable(row, own), chosen=chosen_shares(self.scope, row))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: AgreedRound = self.get_object()
        form = self._form(row, request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=row, form=form)
            return self.render_to_response(context, status=400)
        try:
            number = choose_products(
                row=row, shares=form.shares(), by=self.user, scope=self.scope, at=timezone.now()
            )
        except MissingInput as missing:
            form.add_error(None, missing.reason)
            context = self.get_context_data(object=row, form=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已保存 {number} 个产品的份额，截止前可以再改")
        return HttpResponseRedirect(reverse("agreed-round", args=[row.round_no]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: AgreedRound = kwargs["object"]
        form: ChoiceForm = kwargs.pop("form", None) or self._form(row)
        codes = [each.code for offers in form.offered.values() for each in offers]
        products = {each.code: each for each in visible_product_names(self.scope, codes)}
        shown = [
            {
                "code": code,
                "group": products[offers[0].code].group,
                "lines": [
                    {"product": products[each.code], "offer": each, "field": form[f"share_{each.code}"]}
                    for each in offers
                ],
            }
            for code, offers in form.offered.items()
        ]  # fmt: skip
        level = self.user.organisation.level
        bound = bound_to_products(level, row.unbound_levels, row.unbound_clause)
        closed = row.state == AgreedRound.State.CONFIRMED or timezone.now() >= row.choice_until
        upload = {"label": "用 Excel 选择", "icon": "file-spreadsheet",
                  "url": reverse("agreed-choice-upload", args=[row.round_no])}  # fmt: skip
        return super().get_context_data(
            actions=[upload] if shown and bound and not closed else [],
            form=form, shown=shown if bound else [], closed=closed, rule=RULE, bound=bound,
            breadcrumbs=[{"label": CRUMB, "url": reverse("agreed-rounds")},
                         {"label": row.round_no, "url": reverse("agreed-round", args=[row.round_no])},
                         {"label": "选择产品"}],
            **{**kwargs, "page_title": f"选择中选产品：{row.batch.name} 第 {row.year_no} 年"},
        )  # fmt: skip


def visible_product_names(scope: Scope, codes: list[str]) -> QuerySet[Product]:
    """Products with their groups, for naming; prices and products are open to the trade."""
    return visible_products(scope).filter(code__in=codes).select_related("group", "manufacturer")


class QuantityListView(FilteredListView):
    page_title = "品种约定量"
    page_note = "公布数与测算数不同的，以公布数为准，差异在此列出；不足一个最小包装的余量不分配"
    filterset_class = AgreedFilter
    columns = QUANTITY_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "agreed-quantities", "agreed-quantities-export", "品种约定量"
    bar = ("basis", "differs", "batch")
    search_hint = "品种、医疗机构、拼音首字母"
    empty_text = "测算或导入以后在这里查看。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def everything(self, scope: Scope) -> QuerySet[AgreedQuantity]:
        return visible_agreed_quantities(scope).select_related(
            "group", "institution", "county", "round__batch"
        )


class QuantityExportView(ExportMixin, QuantityListView):
    pass


class ShareListView(FilteredListView):
    page_title = "产品约定量"
    page_note = "分配到产品的约定采购量；生产企业在确认后看到本企业产品的各机构约定量"
    filterset_class = AgreedShareFilter
    columns = SHARE_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "agreed-shares", "agreed-shares-export", "产品约定量"
    bar = ("product", "institution")
    search_hint = "产品、医疗机构、拼音首字母"
    empty_text = "确认以后在这里查看。"

    def everything(self, scope: Scope) -> QuerySet[AgreedShare]:
        return visible_agreed_shares(scope).select_related(
            "product", "institution", "county", "quantity__round__batch"
        )


class ShareExportView(ExportMixin, ShareListView):
    pass


class OfRound(ScopedDetailView):
    """Pages below a round for the office that opened it."""

    key_field = key = "round_no"

    def visible(self, scope: Scope) -> QuerySet[AgreedRound]:
        return visible_agreed_rounds(scope).select_related("batch", "organisation")

    def own_round(self) -> AgreedRound:
        """The round, if this person's office opened it; else NotYours."""
        row: AgreedRound = self.get_object()
        if not opens_rounds(self.scope) or row.organisation_id != self.scope.organisation_id:
            raise NotYours("公布约定量由发起的省级医保局导入", CLAUSE)
        return row
