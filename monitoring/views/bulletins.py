"""Bulletins: the list, one bulletin with its text and files, its frozen figures and names."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from catalog.queries.steps import steps_of
from core.jobs.models import Job
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from monitoring.documents.bulletin import content_of
from monitoring.filters.bulletins import (
    BulletinFilter,
    BulletinInputFilter,
    BulletinLineFilter,
    BulletinReceiptFilter,
)
from monitoring.forms.bulletins import (
    BulletinNewForm,
    BulletinNoteForm,
    BulletinTemplateForm,
    BulletinTextForm,
)
from monitoring.models import (
    Bulletin,
    BulletinInput,
    BulletinLine,
    BulletinReceipt,
)
from monitoring.operations.bulletins.draft import OBJECT_TYPE
from monitoring.operations.bulletins.issue import verify_bulletin
from monitoring.operations.bulletins.long_list import act_or_queue, is_long, request_verification
from monitoring.operations.bulletins.prepare import edit_bulletin
from monitoring.operations.bulletins.request import request_draft
from monitoring.operations.bulletins.templates import save_template
from monitoring.queries.bulletin_figures import figures_of, sight_of
from monitoring.queries.bulletin_files import bulletin_file
from monitoring.queries.bulletin_page import (
    filled_lines,
    holder_words,
    placeholder_help,
    template_for,
)
from monitoring.queries.bulletin_period import period_words
from monitoring.queries.bulletins import (
    bulletin_standings,
    kinds_of,
    own_ids,
    reads_whole,
    visible_bulletin_inputs,
    visible_bulletin_lines,
    visible_bulletin_receipts,
    visible_bulletins,
)
from monitoring.states.bulletins import (
    BULLETIN_MACHINE,
    DRAFTER,
    ISSUED_STATES,
    LEVELS,
    BulletinKind,
)
from monitoring.tables.bulletins import (
    BULLETIN_COLUMNS,
    INPUT_COLUMNS,
    LINE_COLUMNS,
    RECEIPT_COLUMNS,
)
from monitoring.views.draft_request import DraftRequestView
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

LABEL = "通报"
STEPS = {
    "bulletin.draft": "起草", "bulletin.correct": "起草更正通报", "bulletin.redraft": "重新取数",
    **{f"bulletin.{each.verb}": each.label for each in BULLETIN_MACHINE.transitions},
}  # fmt: skip
DIALOGS = {
    "return": "note-return", "refuse": "note-refuse", "withdraw": "note-withdraw",
}  # fmt: skip
NAMED = ("issuer", "countersigner", "province", "city", "corrects")


class BulletinListView(FilteredListView):
    page_title = LABEL
    page_note = "月度、季度和年度执行情况通报；印发后定稿不变，更正另发"
    template_name = "monitoring/bulletin_list.html"
    filterset_class = BulletinFilter
    columns = BULLETIN_COLUMNS
    default_sort = "-bulletin_no"
    keyset = ("id",)
    route, export_route, sheet_name = "bulletins", "bulletins-export", LABEL
    bar = ("kind", "state", "year")
    search_hint = "发文字号、编号、标题"
    empty_text = "印发的通报，以及点名本单位、正在核对数据的通报，列在这里。"

    def everything(self, scope: Scope) -> QuerySet[Bulletin]:
        return visible_bulletins(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [(each, BulletinKind(each).label) for each in kinds_of(self.scope)]
        return super().get_context_data(kinds=kinds, **kwargs)


class BulletinExportView(ExportMixin, BulletinListView):
    pass


class BulletinNewView(DraftRequestView):
    template_name = "monitoring/bulletin_form.html"
    page_title = "起草通报"
    route, crumb = "bulletin-new", (LABEL, "bulletins")

    def kinds(self, scope: Scope) -> tuple[str, ...]:
        return kinds_of(scope)

    def form(self, *given: Any) -> forms.Form:
        return BulletinNewForm(*given, kinds=kinds_of(self.scope))

    def ask(self, **asked: Any) -> Job:
        return request_draft(**asked)


class BulletinTemplateView(ScopedTemplateView):
    """The province's wording of one kind: read by its bureaus, changed by the province's."""

    template_name = "monitoring/bulletin_form.html"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        if kind not in BulletinKind.values:
            raise Http404
        now = template_for(self.scope, kind)
        kwargs.setdefault("form", BulletinTemplateForm(initial=now))
        return super().get_context_data(
            **{**kwargs, "page_title": f"通报模板：{BulletinKind(kind).label}"},
            note=now["note"], submit="保存为新的一版", places=placeholder_help(),
            action=reverse("bulletin-template", args=[kind]), draft=f"bulletin-template-{kind}",
            breadcrumbs=[{"label": LABEL, "url": reverse("bulletins")}, {"label": "模板"}],
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BulletinTemplateForm(request.POST)
        kind = self.kwargs["kind"]
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = save_template(
                    kind=kind, prefix=given["number_prefix"], title=given["title"], body=given["body"],
                    by=self.user, scope=self.scope, at=timezone.now(),
                    seen_version=given["version"],
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(
                    request, f"已保存为第 {made.version_no} 版，以后起草的{LABEL}按新版"
                )
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class BulletinObjectView(ScopedDetailView):
    key_field = key = "bulletin_no"

    def visible(self, scope: Scope) -> QuerySet[Bulletin]:
        return visible_bulletins(scope).select_related(*NAMED)

    def crumbs(self, bulletin: Bulletin, *more: str) -> list[dict[str, str]]:
        own = {"label": str(bulletin), "url": reverse("bulletin", args=[bulletin.bulletin_no])}
        return [
            {"label": LABEL, "url": reverse("bulletins")}, own, *({"label": each} for each in more),
        ]  # fmt: skip


class BulletinView(BulletinObjectView):
    template_name = "monitoring/bulletin.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bulletin: Bulletin = kwargs["object"]
        standings = bulletin_standings(self.scope, bulletin)
        whole = reads_whole(self.scope, bulletin)
        number = bulletin.bulletin_no
        own = visible_bulletin_lines(self.scope).filter(
            bulletin=bulletin, organisation__in=own_ids(self.scope)
        )
        context = {
            "level": LEVELS[bulletin.state], "whole": whole, "period": _period(bulletin),
            "kind_label": BulletinKind(bulletin.kind).label,
            "holder_words": holder_words(bulletin), "own_lines": own.select_related("bulletin"),
            "receipt": visible_bulletin_receipts(self.scope).filter(
                bulletin=bulletin, organisation_id=self.scope.organisation_id
            ).first(),
            "offered": offered_actions(
                [each for each in BULLETIN_MACHINE.offers(bulletin, standings)
                 if each.verdict.ok or each.transition.verb not in DIALOGS],
                url=lambda verb: reverse("bulletin-step", args=[number, verb]),
                version=bulletin.row_version, dialogs=DIALOGS,
                on_page={"edit": reverse("bulletin-edit", args=[number])},
            ),
            "step_url": reverse("bulletin-step", args=[number, "return"]).removesuffix("return/"),
            "drafts": DRAFTER in standings, "note_form": BulletinNoteForm(),
            "issued": bulletin.state in ISSUED_STATES,
            "corrections": visible_bulletins(self.scope).filter(corrects=bulletin),
            "breadcrumbs": [*self.crumbs(bulletin)[:1], {"label": str(bulletin)}],
        }  # fmt: skip
        if whole:
            context |= self._whole(bulletin)
        return super().get_context_data(**{**context, **kwargs, "page_title": str(bulletin)})

    def _whole(self, bulletin: Bulletin) -> dict[str, Any]:
        figures = {each.name: each for each in figures_of(bulletin, sight_of(bulletin))}
        paper = (
            bulletin.content["paper"] if bulletin.content else content_of(bulletin).paper.content()
        )
        inputs = reverse("bulletin-inputs", args=[bulletin.bulletin_no])
        lines = reverse("bulletin-lines", args=[bulletin.bulletin_no])
        counted = visible_bulletin_lines(self.scope).filter(bulletin=bulletin).aggregate(
            lines=Count("pk", filter=Q(removed=False)), struck=Count("pk", filter=Q(removed=True))
        )  # fmt: skip
        return {
            "paper": paper, "text": filled_lines(bulletin, figures, paper, inputs, lines),
            "counted": counted, "inputs_url": inputs, "lines_url": lines,
            "receipts_url": reverse("bulletin-receipts", args=[bulletin.bulletin_no]),
            "waiting": bulletin.objections.filter(state="filed").count()
            if bulletin.issuer_id == self.scope.organisation_id else 0,
            "documents": [
                {"label": each["name"],
                 "url": reverse("bulletin-file", args=[bulletin.bulletin_no, each["kind"]]),
                 "at": bulletin.issued_at, "who": bulletin.issuer.name}
                for each in bulletin.files
            ],
            "timeline": steps_of(OBJECT_TYPE, bulletin.pk, STEPS),
        }  # fmt: skip


def _period(bulletin: Bulletin) -> str:
    return period_words(bulletin.period_from, bulletin.period_to)


class BulletinStepView(BulletinObjectView):
    """POST only: one step of the machine, a correction, or new figures for a draft."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        bulletin: Bulletin = self.get_object()
        form = BulletinNoteForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("version", "页面没有带上版本，请刷新本页后再办理")
            moved = act_or_queue(
                self.kwargs["verb"], bulletin, note=form.cleaned_data["note"], by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except KeyError:
            raise Http404 from None
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        if isinstance(moved, Job):
            return HttpResponseRedirect(reverse("job-detail", args=[moved.pk]))
        messages.success(request, f"已办理，当前状态：{moved.get_state_display()}")
        return HttpResponseRedirect(reverse("bulletin", args=[moved.bulletin_no]))


class BulletinEditView(BulletinObjectView):
    """The words, beside the placeholders that they may name."""

    template_name = "monitoring/bulletin_form.html"

    def visible(self, scope: Scope) -> QuerySet[Bulletin]:
        return super().visible(scope).filter(issuer_id=scope.organisation_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bulletin: Bulletin = kwargs["object"]
        kwargs.setdefault(
            "form",
            BulletinTextForm(
                initial={"version": bulletin.row_version, "title": bulletin.title,
                         "body": bulletin.body, "is_joint": bulletin.is_joint}
            ),
        )  # fmt: skip
        figures = figures_of(bulletin, sight_of(bulletin))
        return super().get_context_data(
            **{**kwargs, "page_title": f"修改文稿：{bulletin}"}, submit="保存",
            places=placeholder_help({each.name: each.words for each in figures}),
            action=reverse("bulletin-edit", args=[bulletin.bulletin_no]),
            draft=f"bulletin-{bulletin.bulletin_no}", breadcrumbs=self.crumbs(bulletin, "修改"),
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        bulletin: Bulletin = self.get_object()
        form = BulletinTextForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                edit_bulletin(
                    bulletin=bulletin, title=given["title"], body=given["body"],
                    is_joint=given["is_joint"], by=self.user, scope=self.scope,
                    at=timezone.now(), seen_version=given["version"],
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "已保存，正文中的数据按冻结的指标填入")
                return HttpResponseRedirect(reverse("bulletin", args=[bulletin.bulletin_no]))
        return self.render_to_response(
            self.get_context_data(object=bulletin, form=form), status=400
        )


class BulletinVerifyView(BulletinObjectView):
    """POST only: make the issued bulletin anew from its frozen inputs and compare."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        bulletin: Bulletin = self.get_object()
        if bulletin.issued_at and is_long(bulletin):
            job = request_verification(
                bulletin=bulletin, by=self.user, scope=self.scope, at=timezone.now()
            )
            return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
        try:
            found = verify_bulletin(bulletin)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        if found.same:
            messages.success(
                request,
                f"核验一致：由冻结数据重新生成的内容和 {len(bulletin.files)} 个文件与印发时逐字节相同"
                f"（SHA-256 {found.digest[:16]}…）",
            )
        else:
            messages.error(request, "核验不一致：" + "；".join(found.problems))
        return HttpResponseRedirect(reverse("bulletin", args=[bulletin.bulletin_no]))


class BulletinFileView(BulletinObjectView):
    """A file as it was issued, for whoever sees the bulletin whole."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        bulletin: Bulletin = self.get_object()
        stored = bulletin_file(bulletin, self.kwargs["kind"])
        return kept_file(request, stored if reads_whole(self.scope, bulletin) else None)


class PartListView(FilteredListView):
    """A list of one bulletin's parts; 404 where the bulletin itself is not seen."""

    heading: ClassVar[str]

    @property
    def bulletin(self) -> Bulletin:
        found = visible_bulletins(self.scope).filter(bulletin_no=self.kwargs["bulletin_no"]).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bulletin = self.bulletin
        kwargs["page_title"] = f"{self.heading}：{bulletin}"
        return super().get_context_data(
            breadcrumbs=[
                {"label": LABEL, "url": reverse("bulletins")},
                {"label": str(bulletin), "url": reverse("bulletin", args=[bulletin.bulletin_no])},
                {"label": self.heading},
            ],
            **kwargs,
        )


class BulletinInputListView(PartListView):
    heading = "冻结数据"
    page_note = "起草时取用的指标，按品种汇总；印发后不变"
    filterset_class = BulletinInputFilter
    columns = INPUT_COLUMNS
    default_sort = "-id"
    keyset = ("id",)
    route, export_route, sheet_name = "bulletin-inputs", "bulletin-inputs-export", "通报数据"
    bar = ("indicator", "subject_type", "month", "batch")
    search_hint = "对象名称、代码"

    def everything(self, scope: Scope) -> QuerySet[BulletinInput]:
        return visible_bulletin_inputs(scope).filter(bulletin=self.bulletin)


class BulletinInputExportView(ExportMixin, BulletinInputListView):
    pass


class BulletinLineListView(PartListView):
    heading = "名单"
    page_note = "按规则列入的单位；印发前被点名单位只看到本单位的"
    filterset_class = BulletinLineFilter
    columns = LINE_COLUMNS
    default_sort = "number"
    keyset = ("line_no",)
    keyset_ascending = True
    route, export_route, sheet_name = "bulletin-lines", "bulletin-lines-export", "通报名单"
    bar = ("rule", "batch", "removed")
    search_hint = "单位名称、代码"

    def everything(self, scope: Scope) -> QuerySet[BulletinLine]:
        return (
            visible_bulletin_lines(scope).filter(bulletin=self.bulletin).select_related("bulletin")
        )


class BulletinLineExportView(ExportMixin, BulletinLineListView):
    pass


class BulletinReceiptListView(PartListView):
    heading = "签收和整改"
    page_note = "收文单位的签收、整改反馈和核实"
    filterset_class = BulletinReceiptFilter
    columns = RECEIPT_COLUMNS
    default_sort = "organisation"
    route, export_route, sheet_name = "bulletin-receipts", "bulletin-receipts-export", "通报签收"
    bar = ("state", "named")
    search_hint = "单位名称、代码"

    def everything(self, scope: Scope) -> QuerySet[BulletinReceipt]:
        return (
            visible_bulletin_receipts(scope)
            .filter(bulletin=self.bulletin)
            .select_related("bulletin", "organisation")
        )


class BulletinReceiptExportView(ExportMixin, BulletinReceiptListView):
    pass
