"""评分申诉: the list, one appeal with its evidence, the ruling."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.score import ScoreAppealFilter
from monitoring.forms import SeenVersion
from monitoring.forms.score import AppealRejectForm, AppealUpholdForm
from monitoring.models import ScoreAppeal
from monitoring.operations.score_appeals import (
    OBJECT_TYPE,
    appeal_url,
    close_appeal,
    uphold_appeal,
)
from monitoring.queries.score_page import files_of, score_words
from monitoring.queries.scores import score_standings, sees_scores, visible_appeals
from monitoring.rules.score import period_words
from monitoring.states.score import APPEAL_LEVELS, APPEAL_MACHINE
from monitoring.tables.score import APPEAL_COLUMNS
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

FORMS: dict[str, type[SeenVersion]] = {
    "uphold": AppealUpholdForm, "reject": AppealRejectForm, "withdraw": SeenVersion,
}  # fmt: skip
DONE = {
    "uphold": "已认定申诉成立，评分有了新版本", "reject": "已认定申诉不成立", "withdraw": "已撤回申诉",
}  # fmt: skip
SHOWN = ("score", "enterprise", "province", "result")


class ScoreAppealListView(FilteredListView):
    page_title = "评分申诉"
    page_note = "企业对供应评分单个项目的申诉；成立的按更正后的数据出新版本，原版本保留"
    filterset_class = ScoreAppealFilter
    columns = APPEAL_COLUMNS
    default_sort = "-filed"
    keyset = ("id",)
    route, export_route, sheet_name = "score-appeal-list", "score-appeal-export", "评分申诉"
    bar = ("state", "part")
    search_hint = "企业、拼音首字母、编号"
    empty_title = "没有符合条件的申诉"
    empty_icon = "scale"

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def everything(self, scope: Scope) -> QuerySet[ScoreAppeal]:
        return visible_appeals(scope).select_related(*SHOWN)


class ScoreAppealExportView(ExportMixin, ScoreAppealListView):
    pass


class ScoreAppealView(ScopedDetailView):
    template_name = "monitoring/score_appeal.html"
    key_field = key = "appeal_no"

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def visible(self, scope: Scope) -> QuerySet[ScoreAppeal]:
        return visible_appeals(scope).select_related(*SHOWN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ScoreAppeal = kwargs["object"]
        failed, failed_verb = kwargs.pop("failed", None), kwargs.pop("failed_verb", "")
        offers = APPEAL_MACHINE.offers(row, score_standings(self.scope, row))
        steps = {
            each.transition.verb: each.transition.label
            for each in offers
            if each.verdict and each.transition.verb != "withdraw"
        }
        part = row.score.parts.get(part=row.part)
        start: dict[str, Any] = {"version": row.row_version}
        filled = start | {
            name: f"{getattr(part, name).normalize():f}" for name in ("numerator", "denominator")
        }
        forms = [
            {
                "id": verb, "title": label,
                "form": failed if failed is not None and verb == failed_verb
                else FORMS[verb](initial=filled, auto_id=f"id_{verb}_%s"),
                "url": reverse("score-appeal-act", args=[row.appeal_no, verb]),
                "columns": "2" if verb == "uphold" else "1",
            }
            for verb, label in steps.items()
        ]  # fmt: skip
        who = row.province.name + "医保局" if row.state == "submitted" else ""
        return super().get_context_data(
            level=APPEAL_LEVELS[row.state], who=who, part=part, forms=forms,
            period=period_words(row.score.period, row.score.period_from),
            score=score_words(row.score), result=score_words(row.result) if row.result else "",
            offered=offered_actions(
                offers, url=lambda verb: reverse("score-appeal-act", args=[row.appeal_no, verb]),
                version=row.row_version, on_page={verb: verb for verb in steps},
            ),
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, row.pk), who=who),
            documents=document_items(
                files_of(row),
                lambda each: reverse("score-appeal-file", args=[row.appeal_no, each.pk]),
            ),
            breadcrumbs=[{"label": "评分申诉", "url": reverse("score-appeal-list")},
                         {"label": row.appeal_no}],
            **{**kwargs, "page_title": f"评分申诉：{row.enterprise.name}"},
        )  # fmt: skip


class ScoreAppealFileView(ScoreAppealView):
    """Evidence, for those who see the appeal; what failed inspection is 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.get_object()), str(self.kwargs["file_id"]))


class ScoreAppealActView(ScoreAppealView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ScoreAppeal = self.get_object()
        verb = self.kwargs["verb"]
        form = FORMS[verb](request.POST, auto_id=f"id_{verb}_%s")
        if not form.is_valid():
            return self._again(row, verb, form)
        values = dict(form.cleaned_data)
        common: dict[str, Any] = {
            "appeal": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values.pop("version"),
        }  # fmt: skip
        try:
            if verb == "uphold":
                uphold_appeal(**values, **common)
            else:
                close_appeal(verb=verb, **values, **common)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(appeal_url(row))

    def _again(self, row: ScoreAppeal, verb: str, form: Any) -> HttpResponse:
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_verb=verb)
        return self.render_to_response(context, status=400)
