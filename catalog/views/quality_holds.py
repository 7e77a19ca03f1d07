"""暂停使用: the list, a new one, one hold with its end."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters.quality import HoldFilter
from catalog.forms.quality import HoldForm, WordsForm
from catalog.models import QualityHold
from catalog.operations.quality_holds import lift_hold, place_hold
from catalog.queries.holds import hold_standings, visible_holds
from catalog.queries.quality import may_hold
from catalog.queries.steps import steps_of
from catalog.states.quality import HOLD_LEVELS, HOLD_MACHINE
from catalog.tables.quality import HOLD_COLUMNS
from catalog.views.quality import OneFormView, StepView, quality_tabs
from core.transitions import Verdict
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

STEPS = {"quality_hold.place": "暂停使用", "quality_hold.lift": "解除暂停"}
NAMED = ("product", "institution", "area", "placed_by", "manufacturer")


class HoldListView(FilteredListView):
    page_title = "质量与召回"
    page_note = "医疗机构对本机构、药监部门和省级医保局对辖区作出的暂停使用；全部批号暂停的不能采购"
    filterset_class = HoldFilter
    columns = HOLD_COLUMNS
    default_sort = "-placed"
    keyset = ("placed_at", "id")
    route, export_route, sheet_name = "quality-holds", "quality-holds-export", "暂停使用"
    bar = ("stage",)
    search_hint = "产品、编码、编号、拼音首字母"

    def everything(self, scope: Scope) -> QuerySet[QualityHold]:
        return visible_holds(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "暂停使用", "url": reverse("quality-hold-new"), "kind": "primary"}
        return super().get_context_data(
            tabs=quality_tabs(self.route, self.scope),
            actions=[new] if may_hold(self.scope) else [],
            **kwargs,
        )


class HoldExportView(ExportMixin, HoldListView):
    pass


class HoldNewView(OneFormView):
    page_title = "暂停使用"
    page_note = "医疗机构只对本机构；药监部门和省级医保局对辖区全部医疗机构"
    form_class = HoldForm
    list_route, list_label = "quality-holds", "暂停使用"
    submit, done = "暂停使用", "已暂停使用，已告知有关单位"

    def initial(self) -> dict[str, Any]:
        return super().initial() | {"basis": self.request.GET.get("basis", "")[:200]}

    def allowed(self, scope: Scope) -> Verdict:
        return may_hold(scope)

    def make(self, values: dict[str, Any]) -> str:
        product = values.pop("product_code")
        hold = place_hold(
            product=product, by=self.user, scope=self.scope, at=timezone.now(), **values
        )
        return reverse("quality-hold", args=[hold.hold_no])


class HoldView(ScopedDetailView):
    template_name = "catalog/quality_object.html"
    key_field = key = "hold_no"

    def visible(self, scope: Scope) -> QuerySet[QualityHold]:
        return visible_holds(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hold: QualityHold = kwargs["object"]
        failed = kwargs.pop("failed", None)
        offers = HOLD_MACHINE.offers(hold, hold_standings(self.scope, hold))
        url = reverse("quality-hold-lift", args=[hold.hold_no])
        form = WordsForm.shown(failed, label="解除原因", version=hold.row_version)
        step = {
            "id": "lift",
            "title": "解除暂停",
            "submit": "解除暂停",
            "url": url,
            "form": form,
            "draft": f"lift-{hold.hold_no}",
        }
        return super().get_context_data(
            state={"words": hold.get_state_display(), "level": HOLD_LEVELS[hold.state],
                   "who": "" if hold.lift_reason else f"{hold.placed_by.name}解除"},
            offered=offered_actions(
                offers, url=lambda _: url, version=hold.row_version, on_page={"lift": "lift"}
            ),
            facts=_facts(hold),
            step_forms=[step for each in offers if each.verdict],
            timeline=steps_of("quality_hold", hold.pk, STEPS),
            breadcrumbs=[{"label": "暂停使用", "url": reverse("quality-holds")},
                         {"label": hold.hold_no}],
            **{**kwargs, "page_title": f"暂停使用：{hold.product}"},
        )  # fmt: skip


def _facts(hold: QualityHold) -> list[dict[str, Any]]:
    where = hold.institution or hold.area
    facts: list[dict[str, Any]] = [
        {"label": "编号", "value": hold.hold_no},
        {"label": "产品", "value": f"{hold.product}（{hold.product.code}）",
         "url": reverse("product-detail", args=[hold.product.code])},
        {"label": "批号", "value": hold.lot_no or "全部批号，期间不能采购"},
        {"label": "范围", "value": where.name if where else ""},
        {"label": "作出单位", "value": hold.placed_by.name},
        {"label": "依据", "value": hold.basis or "—"},
        {"label": "原因", "value": hold.reason, "wide": True},
    ]  # fmt: skip
    if hold.lift_reason:
        facts.append({"label": "解除原因", "value": hold.lift_reason, "wide": True})
    return facts


class HoldLiftView(StepView, HoldView):
    done = "已解除暂停使用"

    def address_of(self, row: QualityHold) -> str:
        return reverse("quality-hold", args=[row.hold_no])

    def act(self, row: QualityHold, values: dict[str, Any]) -> None:
        lift_hold(
            hold=row, lift_reason=values["words"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
