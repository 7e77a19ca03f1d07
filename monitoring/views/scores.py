"""企业供应评分: the list, one score with how each point was made, appealing, proposing a measure."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from monitoring.filters.score import ScoreFilter
from monitoring.forms.score import ScoreAppealForm, ScoreProposeForm
from monitoring.models import SupplyScore
from monitoring.operations.actions.telling import action_url
from monitoring.operations.score_appeals import appeal_score, appeal_url
from monitoring.operations.score_steps import propose_from_score
from monitoring.queries.actions import visible_actions
from monitoring.queries.score_page import (
    appeals_of,
    facts_of,
    part_rows,
    score_words,
    versions_of,
)
from monitoring.queries.scores import (
    SHOWN_WITH,
    appeal_until,
    may_appeal,
    score_standings,
    sees_scores,
    visible_scores,
)
from monitoring.rules.score import period_words
from monitoring.states.score import APPEAL_LEVELS, GRADE_LEVELS, RULER, STEPS_OF
from monitoring.tables.score import SCORE_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

TABS = (
    ("季度", "current=1&period=quarter"), ("月度", "current=1&period=month"),
    ("年度", "current=1&period=year"), ("建议采取措施", "current=1&advised=1"), ("各版本", ""),
)  # fmt: skip


class ScoreListView(FilteredListView):
    page_title = "供应评分"
    page_note = "每月指标计算后按企业自动评分，满分 100；没有发生的项目不计分，其权重分摊到其余各项"
    filterset_class = ScoreFilter
    columns = SCORE_COLUMNS
    default_sort = "-made"
    keyset = ("id",)
    route, export_route, sheet_name = "score-list", "score-export", "供应评分"
    bar = ("period", "begins", "side", "grade")
    search_hint = "企业、拼音首字母、代码、编号"
    empty_title = "没有符合条件的评分"
    empty_text = "每月指标计算后出分。"
    empty_icon = "chart-bar"
    held = ("current", "advised")

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def everything(self, scope: Scope) -> QuerySet[SupplyScore]:
        return visible_scores(scope).select_related(*SHOWN_WITH).prefetch_related("parts")

    def row_label(self, row: SupplyScore) -> str:
        return row.score_no

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, given = reverse(self.route), self.request.GET.urlencode()
        tabs = [
            {"label": label, "url": f"{url}?{query}" if query else url, "active": given == query}
            for label, query in TABS
        ]
        appeals = {"label": "评分申诉", "icon": "scale", "url": reverse("score-appeal-list")}
        return super().get_context_data(tabs=tabs, actions=[appeals], **kwargs)


class ScoreExportView(ExportMixin, ScoreListView):
    pass


class ScoreView(ScopedDetailView):
    template_name = "monitoring/score_detail.html"
    key_field = key = "score_no"

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def visible(self, scope: Scope) -> QuerySet[SupplyScore]:
        return visible_scores(scope).select_related(*SHOWN_WITH)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SupplyScore = kwargs["object"]
        appeal_form, propose_form = (
            kwargs.pop("appeal_form", None),
            kwargs.pop("propose_form", None),
        )
        now = timezone.now()
        if may_appeal(self.scope, row, now):
            appeal_form = appeal_form or ScoreAppealForm(auto_id="id_appeal_%s")
        officer = RULER in score_standings(self.scope, row)
        if officer and row.is_current and row.grade in STEPS_OF:
            propose_form = propose_form or ScoreProposeForm(score=row, auto_id="id_propose_%s")
        until = appeal_until(row)
        words = f"{score_words(row)} {'分，' if row.score is not None else '，'}{row.get_grade_display()}"
        return super().get_context_data(
            words=words, level=GRADE_LEVELS[row.grade], facts=facts_of(row),
            offered=self._offered(appeal_form, propose_form),
            parts=part_rows(self.scope, row), versions=versions_of(self.scope, row),
            appeals=[
                {"row": each, "level": APPEAL_LEVELS[each.state]}
                for each in appeals_of(self.scope, row)
            ],
            actions=visible_actions(self.scope)
            .filter(of_score__score__in=versions_of(self.scope, row)).order_by("pk"),
            appeal_form=appeal_form, propose_form=propose_form, until=until,
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": "供应评分", "url": reverse("score-list")},
                         {"label": row.score_no}],
            **{**kwargs, "page_title":
               f"{period_words(row.period, row.period_from)}供应评分：{row.enterprise.name}"},
        )  # fmt: skip

    def _offered(self, appeal: Any, propose: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if propose is not None:
            found.append({"label": "提出措施", "url": "#propose", "kind": "primary"})
        if appeal is not None:
            found.append({"label": "申诉", "url": "#appeal", "kind": "primary"})
        return found


class ScoreAppealNewView(ScoreView):
    """POST only: an appeal against one part; a refusal stays beside the form."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SupplyScore = self.get_object()
        form = ScoreAppealForm(request.POST, auto_id="id_appeal_%s")
        if not form.is_valid():
            return self._again(row, form)
        try:
            made = appeal_score(
                score=row, uploads=request.FILES.getlist("files"), by=self.user, scope=self.scope,
                at=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已提出申诉，省级医保局裁定后告知结果")
        return HttpResponseRedirect(appeal_url(made))

    def _again(self, row: SupplyScore, form: ScoreAppealForm) -> HttpResponse:
        context = self.get_context_data(object=row, appeal_form=form)
        return self.render_to_response(context, status=400)


class ScoreProposeView(ScoreView):
    """POST only: a measure drafted from the score, opened on its own page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SupplyScore = self.get_object()
        form = ScoreProposeForm(request.POST, score=row, auto_id="id_propose_%s")
        # The operation says who may and which kinds there are, also where the page offers none.
        kind = request.POST.get("kind", "")
        try:
            made = propose_from_score(
                score=row, kind=kind, by=self.user, scope=self.scope, at=timezone.now()
            )
        except MissingInput as missing:
            if not form.errors:
                form.add_error("kind", missing.reason)
            context = self.get_context_data(object=row, propose_form=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已提出，核对后请作出或不予采取")
        return HttpResponseRedirect(action_url(made))
