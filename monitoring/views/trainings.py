"""培训和年度会议: the records, one record with who came, writing one down, and the coverage of a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, Refusal, StaleVersion
from core.views.conflict import Conflict, conflict_page, typed
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.training import CoverageFilter, TrainingFilter
from monitoring.forms import SeenVersion
from monitoring.forms.training import TrainingEditForm, TrainingForm, TrainingRecallForm
from monitoring.models import Training
from monitoring.operations.trainings import (
    OBJECT_TYPE,
    TrainingWords,
    perform_training_step,
    save_training,
    training_url,
)
from monitoring.queries.trainings import (
    attendances_of,
    coverage,
    keeps_trainings,
    training_files,
    training_kinds,
    training_standings,
    visible_training_targets,
    visible_trainings,
)
from monitoring.states.training import AUTHOR, TRAINING_LEVELS, TRAINING_MACHINE
from monitoring.tables.training import COVERAGE_COLUMNS, TRAINING_COLUMNS
from organisations.models import Organisation
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

LABEL = "培训和会议"
DONE = {"record": "已登记，参加单位能看到材料", "recall": "已退回登记中，可以更正"}


def asked_year(request: HttpRequest) -> int:
    """The calendar year of the address, else this one."""
    said = request.GET.get("year", "")
    plain = said.isascii() and said.isdigit() and len(said) == 4
    return int(said) if plain and 2000 <= int(said) <= 2100 else timezone.localdate().year


class TrainingTabs(FilteredListView):
    """The records and, for bureaus, whom they reached."""

    empty_icon = "users"

    def tabs(self) -> list[dict[str, Any]]:
        both = (("培训记录", "trainings"), ("覆盖情况", "training-coverage"))
        return [
            {"label": label, "url": reverse(route), "active": route == self.route}
            for label, route in both
            if route == "trainings" or self.scope.is_bureau
        ]


class TrainingListView(TrainingTabs):
    page_title = LABEL
    page_note = "各级医保局每年组织政策和招采子系统操作培训、召开年度会议；医疗机构登记内部培训"
    filterset_class = TrainingFilter
    columns = TRAINING_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "trainings", "trainings-export", "培训记录"
    bar = ("kind", "state", "year")
    search_hint = "主题、组织单位、拼音首字母、编号"
    empty_title = "没有培训记录"
    empty_text = "培训或会议举办后登记，附上材料和参加单位。"

    def everything(self, scope: Scope) -> QuerySet[Training]:
        return visible_trainings(scope).select_related("organiser")

    def row_label(self, row: Training) -> str:
        return row.training_no

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "登记培训", "icon": "plus", "url": reverse("training-new"),
               "kind": "primary"}  # fmt: skip
        return super().get_context_data(
            tabs=self.tabs(), actions=[new] if keeps_trainings(self.scope) else [], **kwargs
        )


class TrainingExportView(ExportMixin, TrainingListView):
    pass


class TrainingCoverageView(TrainingTabs):
    page_title = "培训覆盖情况"
    filterset_class = CoverageFilter
    columns = COVERAGE_COLUMNS
    default_sort = "name"
    route, export_route = "training-coverage", "training-coverage-export"
    sheet_name = "培训覆盖情况"
    bar = ("year", "missing")
    search_hint = "医疗机构、拼音首字母、代码"
    empty_title = "没有符合条件的医疗机构"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_bureau

    def everything(self, scope: Scope) -> QuerySet[Organisation]:
        return visible_training_targets(scope, asked_year(self.request)).select_related("region")

    def row_label(self, row: Organisation) -> str:
        return row.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = asked_year(self.request)
        reached = "，".join(
            f"{each['label']} {each['value']}" for each in coverage(self.scope, year)
        )
        return super().get_context_data(
            **{**kwargs, "tabs": self.tabs(), "page_note": f"{year} 年：{reached}"}
        )


class TrainingCoverageExportView(ExportMixin, TrainingCoverageView):
    pass


class TrainingView(ScopedDetailView):
    template_name = "monitoring/training.html"
    key_field = key = "training_no"

    def visible(self, scope: Scope) -> QuerySet[Training]:
        return visible_trainings(scope).select_related("organiser")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Training = kwargs["object"]
        standings = training_standings(self.scope, row)
        number = row.training_no
        recalls = AUTHOR in standings and row.state == "held"
        who = row.organiser.name if row.state == "draft" else ""
        return super().get_context_data(
            level=TRAINING_LEVELS[row.state], who=who,
            attendances=attendances_of(self.scope, row)[:500],
            offered=offered_actions(
                TRAINING_MACHINE.offers(row, standings),
                url=lambda verb: reverse("training-step", args=[number, verb]),
                version=row.row_version, on_page={"recall": "recall"},
            ),
            edit_url=reverse("training-edit", args=[number])
            if AUTHOR in standings and row.state == "draft" else "",
            recall_form=kwargs.pop("recall_form", None)
            or (TrainingRecallForm(initial={"version": row.row_version}) if recalls else None),
            recall_url=reverse("training-step", args=[number, "recall"]),
            documents=document_items(
                training_files(row), lambda each: reverse("training-file", args=[number, each.pk])
            ),
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, row.pk), who=who),
            breadcrumbs=[{"label": LABEL, "url": reverse("trainings")}, {"label": number}],
            **{**kwargs, "page_title": row.title},
        )  # fmt: skip


class TrainingFileView(TrainingView):
    """Material, for those who see the record."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, training_files(self.get_object()), str(self.kwargs["file_id"]))


class TrainingStepView(TrainingView):
    """POST only: record it, or recall it to be mended."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Training = self.get_object()
        verb = self.kwargs["verb"]
        if verb not in DONE:
            raise Http404
        form = (TrainingRecallForm if verb == "recall" else SeenVersion)(request.POST)
        if not form.is_valid():
            if "version" in form.errors:
                return refusal_page(
                    request,
                    MissingInput("version", str(form.errors["version"][0])),
                    form,
                )
            context = self.get_context_data(object=row, recall_form=form)
            return self.render_to_response(context, status=400)
        try:
            perform_training_step(
                training=row, verb=verb, note=form.cleaned_data.get("note", ""), by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(training_url(row))


def words_of(values: dict[str, Any]) -> TrainingWords:
    return TrainingWords(
        **{name: values[name] for name in (
            "kind", "title", "held_on", "place", "content", "attended", "own_people",
        )}
    )  # fmt: skip


class TrainingNewView(ScopedTemplateView):
    template_name = "monitoring/training_form.html"
    page_title = "登记培训"
    page_note = "培训或会议举办之后登记；登记完成后计入覆盖情况，参加单位能看到材料"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_trainings(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TrainingForm(kinds=training_kinds(self.scope)))
        return super().get_context_data(
            action=reverse("training-new"), list_url=reverse("trainings"), draft="training-new",
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": LABEL, "url": reverse("trainings")}, {"label": "登记"}],
            **kwargs,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TrainingForm(request.POST, kinds=training_kinds(self.scope))
        if form.is_valid():
            try:
                made = save_training(
                    words=words_of(form.cleaned_data), uploads=request.FILES.getlist("files"),
                    by=self.user, scope=self.scope, at=timezone.now(),
                )  # fmt: skip
                messages.success(request, "已保存，核对后点“登记完成”")
                return HttpResponseRedirect(training_url(made))
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class TrainingEditView(TrainingView):
    """An own draft."""

    template_name = "monitoring/training_form.html"

    def visible(self, scope: Scope) -> QuerySet[Training]:
        own = visible_trainings(scope).filter(organiser_id=scope.organisation_id)
        return (own if keeps_trainings(scope) else own.none()).select_related("organiser")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Training = kwargs["object"]
        number = row.training_no
        if "form" not in kwargs:
            lines = row.attendances.select_related("organisation").order_by("organisation__code")
            kwargs["form"] = TrainingEditForm(
                kinds=training_kinds(self.scope),
                initial={
                    "version": row.row_version, "kind": row.kind, "held_on": row.held_on,
                    "title": row.title, "place": row.place, "content": row.content,
                    "own_people": row.own_people,
                    "attended": "\n".join(
                        f"{each.organisation.code} {each.people}" for each in lines
                    ),
                },
            )  # fmt: skip
        return super(TrainingView, self).get_context_data(
            action=reverse("training-edit", args=[number]), list_url=training_url(row),
            draft=f"training-{number}", upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": LABEL, "url": reverse("trainings")},
                {"label": number, "url": training_url(row)}, {"label": "修改"},
            ],
            **{**kwargs, "page_title": f"修改：{row.title}"},
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Training = self.get_object()
        form = TrainingEditForm(request.POST, kinds=training_kinds(self.scope))
        if form.is_valid():
            try:
                save_training(
                    words=words_of(form.cleaned_data), training=row,
                    uploads=request.FILES.getlist("files"), by=self.user, scope=self.scope,
                    at=timezone.now(), seen_version=form.cleaned_data["version"],
                )  # fmt: skip
                messages.success(request, "已保存")
                return HttpResponseRedirect(training_url(row))
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except StaleVersion as stale:
                now: Training = self.get_object()
                return conflict_page(
                    request,
                    Conflict(
                        reason=stale.reason, mine=typed(form), who=now.state_by_name,
                        at=now.state_at,
                        theirs=[{"label": "参加人数", "value": str(now.people)}],
                        back_url=training_url(now), title=f"培训记录 {now.training_no}",
                    ),
                )  # fmt: skip
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)
