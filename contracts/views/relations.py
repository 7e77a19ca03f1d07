"""Delivery relations: the list, pointing, one relation with its steps, the search for a distributor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from contracts.documents.relations import MOST_PRINTED, confirmation
from contracts.filters.relations import DeliveryRelationFilter
from contracts.forms.relations import (
    EndRelationForm,
    PointForm,
    RefuseRelationForm,
    RelationStepForm,
)
from contracts.models import DeliveryRelation
from contracts.operations.relations import (
    accept_relation,
    end_relation,
    point_distributors,
    refuse_relation,
    withdraw_relation,
)
from contracts.queries import pointing
from contracts.queries.distributor_search import NOT_FOUND, find_distributors
from contracts.queries.relations import NAMED, may_point, relation_standings, visible_relations
from contracts.rules.relation import STAGE_LEVELS
from contracts.states.relation import RELATION_MACHINE
from contracts.tables.relations import RELATION_COLUMNS, place, stage
from core.paper import render_pdf
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import paper_answer
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView


class RelationListView(FilteredListView):
    page_title = "配送关系"
    page_note = "生产企业按产品和统筹区点选配送企业，配送企业确认后自生效日起配送"
    filterset_class = DeliveryRelationFilter
    columns = RELATION_COLUMNS
    default_sort = "-pointed"
    keyset = ("pointed_at", "id")
    route, export_route, sheet_name = "relations", "relations-export", "配送关系"
    bar = ("stage", "pool", "batch")
    search_hint = "产品、企业、编号、拼音首字母"
    empty_text = "没有配送关系。"

    def everything(self, scope: Scope) -> QuerySet[DeliveryRelation]:
        return visible_relations(scope).select_related(*NAMED, "product__group")

    def filter_options(self) -> dict[str, list[dict[str, str]]]:
        places = pointing.pools(self.scope)
        return {"pool": [{"value": code, "label": row.name} for code, row in places.items()]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [
            {"label": "查找配送企业", "url": reverse("distributor-search"), "icon": "search"}
        ]
        query = self.request.GET.urlencode()
        printed = f"{reverse('relation-confirmation')}?{query}"
        actions.append({"label": "配送关系确认表", "url": printed, "icon": "printer"})
        if may_point(self.scope):
            new = {"label": "点选配送企业", "url": reverse("relation-new"), "kind": "primary"}
            sheet = {"label": "Excel 批量点选", "url": reverse("relation-upload")}
            actions = [new, sheet, *actions]
        return super().get_context_data(actions=actions, **kwargs)


class RelationExportView(ExportMixin, RelationListView):
    pass


class RelationConfirmationView(RelationListView):
    """配送关系确认表 of exactly what is filtered, as PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        try:
            found = list(self.get_queryset()[: MOST_PRINTED + 1])
            self.refuse_broken_filter()
            if not found or len(found) > MOST_PRINTED:
                reason = f"确认表一次打印 1 至 {MOST_PRINTED} 条，请先筛选"
                raise MissingInput("q", reason)
            content = confirmation(
                found, printed_for=self.user.organisation.name, on=timezone.localdate(now)
            )
            body = render_pdf("core/official", content, at=now)
        except Refusal as refused:
            return refusal_page(request, refused)
        return paper_answer(request, f"配送关系确认表_{now:%Y%m%d}.pdf", body, inline=True)


class RelationNewView(ScopedTemplateView):
    template_name = "contracts/relation_new.html"
    page_title = "点选配送企业"
    page_note = "按产品和统筹区批量点选；点选后配送企业收到待办"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_point(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        given = request.GET
        old = pointing.to_replace(self.scope, given.get("replaces", ""))
        known = {"distributor_code": given.get("distributor", "")}
        if old is not None:
            known |= {
                "product_codes": old.product.code, "replaces_no": old.relation_no,
                "county_code": old.county.code if old.county else "",
                "batch_code": old.batch.code if old.batch else "",
            }  # fmt: skip
        form = PointForm(
            scope=self.scope, initial={**known, "pool_codes": [old.pool.code] if old else []}
        )
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_point(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = PointForm(request.POST, scope=self.scope)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            made = point_distributors(
                pointings=form.pointings(), by=self.user, scope=self.scope, at=timezone.now()
            )
        except Refusal as refusal:
            field = FIELDS.get(getattr(refusal, "field", ""))
            form.add_error(field, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, f"已点选 {len(made)} 条，配送企业已收到待办")
        if len(made) == 1:
            return HttpResponseRedirect(reverse("relation", args=[made[0].relation_no]))
        return HttpResponseRedirect(f"{reverse('relations')}?stage=pointed")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("relations"),
            breadcrumbs=[
                {"label": "配送关系", "url": reverse("relations")}, {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


FIELDS = {
    "product": "product_codes", "distributor": "distributor_code", "county": "county_code",
    "valid_from": "valid_from", "valid_until": "valid_until", "replaces": "replaces_no",
}  # fmt: skip


class RelationView(ScopedDetailView):
    template_name = "contracts/relation_detail.html"
    key_field = key = "relation_no"

    def visible(self, scope: Scope) -> QuerySet[DeliveryRelation]:
        return visible_relations(scope).select_related(*NAMED, "product__group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        relation: DeliveryRelation = kwargs["object"]
        offers = RELATION_MACHINE.offers(relation, relation_standings(self.scope, relation))
        offers = [each for each in offers if each.transition.verb != "replace"]
        open_now = {each.transition.verb for each in offers if each.verdict.ok}
        words = stage(relation)
        holder = relation.distributor.name if relation.state == "pointed" else ""
        number = relation.relation_no
        actions = offered_actions(
            offers, url=lambda verb: reverse("relation-act", args=[number, verb]),
            version=relation.row_version, on_page={"refuse": "refuse", "end": "end"},
        )  # fmt: skip
        if "end" in open_now and may_point(self.scope):
            url = f"{reverse('relation-new')}?replaces={number}"
            actions.append({"label": "更换配送企业", "url": url})
        steps = steps_of(self.scope, RELATION_MACHINE.name, relation.pk)
        return super().get_context_data(
            **{
                "stage": words,
                "level": STAGE_LEVELS[words],
                "holder_words": f"{holder}确认" if holder else "",
                "offered": actions,
                "open_now": open_now,
                "place": place(relation),
                "refuse_form": self.step_form("refuse", relation),
                "end_form": self.step_form("end", relation),
                "timeline": with_holder(steps, who=holder, what="等待确认"),
                "successors": self.visible(self.scope).filter(replaces=relation),
                "breadcrumbs": [{"label": "配送关系", "url": reverse("relations")},
                                {"label": number}],
                **kwargs,
                "page_title": f"配送关系：{relation.product}",
            }
        )  # fmt: skip

    def step_form(self, verb: str, relation: DeliveryRelation) -> RelationStepForm:
        return STEP_FORMS[verb](initial={"version": relation.row_version})


STEP_FORMS: dict[str, type[RelationStepForm]] = {
    "accept": RelationStepForm,
    "withdraw": RelationStepForm,
    "refuse": RefuseRelationForm,
    "end": EndRelationForm,
}
DONE = {
    "accept": "已确认配送", "refuse": "已拒绝，生产企业会看到原因", "withdraw": "已撤回",
    "end": "已终止，对方已收到通知",
}  # fmt: skip


class RelationActView(RelationView):
    """POST only: accept, refuse, withdraw or end; a refusal shows the page again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in STEP_FORMS:
            raise Http404
        relation: DeliveryRelation = self.get_object()
        form = self.sent = STEP_FORMS[verb](request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=relation, step_error="请按提示改正后再提交")
            return self.render_to_response(context, status=400)
        try:
            self.act(verb, relation, form.cleaned_data)
        except MissingInput as missing:
            form.add_error("ends" if missing.field == "ends" else None, missing.reason)
            context = self.get_context_data(object=relation, step_error=missing.reason)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(reverse("relation", args=[relation.relation_no]))

    def act(self, verb: str, relation: DeliveryRelation, values: dict[str, Any]) -> None:
        acting: dict[str, Any] = {
            "relation": relation, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        if verb == "accept":
            accept_relation(**acting)
        elif verb == "withdraw":
            withdraw_relation(**acting)
        elif verb == "refuse":
            refuse_relation(refusal_reason=values["words"], **acting)
        else:
            end_relation(ends=values["ends"], ending_reason=values["words"], **acting)

    def step_form(self, verb: str, relation: DeliveryRelation) -> RelationStepForm:
        """As it was sent, so that nothing has to be typed twice."""
        if verb == self.kwargs["verb"]:
            return self.sent
        return super().step_form(verb, relation)


class DistributorSearchView(ScopedTemplateView):
    """Who can be pointed, and why another is not found or not possible."""

    template_name = "contracts/distributor_search.html"
    page_title = "查找配送企业"
    page_note = (
        "点选不到配送企业时，在这里看原因：没有注册、没有登记配送、已停用、被取消资格或不在本地区"
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").replace("\x00", "")[:60]
        places = pointing.pools(self.scope)
        code = self.request.GET.get("pool", "")
        found = find_distributors(self.scope, words, places.get(code))
        return super().get_context_data(
            words=words, pool=code, found=found, not_found=NOT_FOUND,
            pools=[{"value": key, "label": row.name} for key, row in places.items()],
            may_point=bool(may_point(self.scope)),
            breadcrumbs=[
                {"label": "配送关系", "url": reverse("relations")}, {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip
