"""院内目录 in bulk: a workbook with its dry run, and suggestions that a person accepts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.documents.hospital_items import MOST_ROWS
from catalog.forms.hospital_items import ItemApplyForm, ItemUploadForm
from catalog.operations.hospital_items.accept import Chosen, accept_suggestions
from catalog.operations.hospital_items.preview import Preview
from catalog.operations.hospital_items.rows import RowProblem
from catalog.operations.hospital_items.upload import (
    DIRECT_CHECKS,
    check_workbook,
    confirm_workbook,
    finished_check,
    marked_copy,
)
from catalog.queries.hospital_items import item_rows, items_with_parties
from catalog.queries.item_suggestions import suggestions_for
from catalog.states.hospital_item import ItemStanding
from catalog.tables.hospital_items import TEMPLATE_COLUMNS, template_cells
from catalog.views.hospital_items import ItemKeeper
from core.jobs.models import Job
from core.lists.keyset import keyset_page
from core.lists.workbook import workbook_response
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedTemplateView, ScopedView

LISTED_PROBLEMS = 100
SUGGESTED_ITEMS = 20
TEMPLATE_CHUNK = 2_000


def problem_items(name: str, problems: list[RowProblem]) -> list[dict[str, Any]]:
    """As the errors component lists them."""
    return [
        {
            "file": name, "line": problem.place, "column": problem.label, "value": problem.value,
            "message": problem.message, "remedy": problem.remedy,
        }
        for problem in problems[:LISTED_PROBLEMS]
    ]  # fmt: skip


class PreviewingView(ItemKeeper, ScopedTemplateView):
    """The page of the upload; once a workbook was checked, what would change or what is wrong."""

    template_name = "catalog/hospital_item_upload.html"
    page_title = "导入院内目录"
    page_note = "先校验并预览变化，确认后一次写入；有任何一处错误都不写入。文件里没有的项目不动"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "form": ItemUploadForm(),
                "most_rows": MOST_ROWS,
                "direct_rows": DIRECT_CHECKS,
                "breadcrumbs": [
                    {"label": "院内目录", "url": reverse("hospital-item-list")},
                    {"label": "导入"},
                ],
                **kwargs,
            }
        )

    def shown(self, preview: Preview, *, wrong: int = 200) -> HttpResponse:
        """The preview; a workbook with mistakes is answered with the status `wrong`."""
        if preview.get("problems"):
            marked = reverse("hospital-item-marked", args=[preview["kept"]])
            context = self.get_context_data(preview=preview, marked_url=marked)
            return self.render_to_response(context, status=wrong)
        apply_form = ItemApplyForm(initial={"upload": preview["kept"], "shown": preview["shown"]})
        return self.render_to_response(
            self.get_context_data(preview=preview, apply_form=apply_form)
        )


class HospitalItemUploadView(PreviewingView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ItemUploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                checked = check_workbook(
                    upload=form.cleaned_data["file"], by=self.user, scope=self.scope,
                    at=timezone.now(),
                )  # fmt: skip
            except MissingInput as broken:
                form.add_error("file", broken.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                if not isinstance(checked, Job):
                    return self.shown(checked, wrong=400)
                messages.success(request, "已开始校验：可以离开本页，预览在“后台任务”中")
                return HttpResponseRedirect(reverse("job-detail", args=[checked.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class HospitalItemCheckedView(PreviewingView):
    """What a job found in a long workbook: the same preview, which may be left and found again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        preview = finished_check(job_id=kwargs["pk"], scope=self.scope)
        if preview is None:
            raise Http404
        return self.shown(preview)


class HospitalItemApplyView(ItemKeeper, ScopedView):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ItemApplyForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("upload", "没有指明要写入的文件，请重新上传并确认")
            written = confirm_workbook(
                upload_id=form.cleaned_data["upload"], shown=form.cleaned_data["shown"],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        if isinstance(written, Job):
            messages.success(request, "已开始写入：可以离开本页，结果在“后台任务”中")
            return HttpResponseRedirect(reverse("job-detail", args=[written.pk]))
        counts = written.counts
        messages.success(
            request,
            f"已写入：新增 {counts['created']}，变更 {counts['changed']}，无变化 {counts['unchanged']}",
        )
        return HttpResponseRedirect(reverse("hospital-item-list"))


class HospitalItemMarkedView(ItemKeeper, ScopedView):
    """The uploader's own workbook with the mistakes marked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        kept = marked_copy(upload_id=kwargs["pk"], scope=self.scope)
        return kept_file(request, kept)


class HospitalItemTemplateView(ItemKeeper, ScopedView):
    """The list as it stands in the columns that are uploaded; `?standing=unmapped` only those."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = items_with_parties(self.scope).filter(institution_id=self.scope.organisation_id)
        standing = request.GET.get("standing", "")
        if standing in ItemStanding.values:
            rows = rows.filter(standing=standing)
        ordered = list(rows.order_by("his_code"))
        cells = (
            template_cells(row)
            for start in range(0, len(ordered), TEMPLATE_CHUNK)
            for row in item_rows(ordered[start : start + TEMPLATE_CHUNK])
        )
        return workbook_response(
            name=f"院内目录_{timezone.localdate():%Y%m%d}", columns=TEMPLATE_COLUMNS, rows=cells
        )


class HospitalItemSuggestionsView(ItemKeeper, ScopedTemplateView):
    """Unmapped items a page at a time, each with what it may be; what is ticked is mapped."""

    template_name = "catalog/hospital_item_suggestions.html"
    page_title = "按建议对照"
    page_note = "按编码、名称、规格和企业的相似程度给出可能的产品；由您逐行核对、勾选后才对照，平台不会自行写入"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unmapped = items_with_parties(self.scope).filter(
            institution_id=self.scope.organisation_id, standing=ItemStanding.UNMAPPED
        )
        cursor = self.request.GET.get("cursor", "") if self.request.method == "GET" else ""
        page = keyset_page(
            unmapped, order=("institution_id", "his_code"), cursor=cursor, size=SUGGESTED_ITEMS,
            ascending=True,
        )  # fmt: skip
        offered = suggestions_for(page.rows)
        return super().get_context_data(
            rows=[(item, offered.get(item.pk, [])) for item in page.rows],
            newer_url=f"?cursor={page.newer}" if page.newer else "",
            older_url=f"?cursor={page.older}" if page.older else "",
            breadcrumbs=[
                {"label": "院内目录", "url": reverse("hospital-item-list")},
                {"label": "按建议对照"},
            ],
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.get_context_data(**kwargs))
        except MissingInput as broken:
            return refusal_page(request, broken)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.POST
        chosen = [
            Chosen(
                his_code=code, product_code=given.get(f"product:{code}", ""),
                units_per_pack=given.get(f"units:{code}", ""),
            )
            for code in given.getlist("chosen")
        ]  # fmt: skip
        try:
            written = accept_suggestions(
                chosen=chosen, by=self.user, scope=self.scope, at=timezone.now()
            )
        except Refusal as refusal:
            return refusal_page(request, refusal)
        done = written.counts["set"]
        if written.problems:
            context = self.get_context_data(
                problems=problem_items("勾选的行", written.problems), done=done
            )
            return self.render_to_response(context, status=400)
        messages.success(request, f"已对照 {done} 项")
        return HttpResponseRedirect(reverse("hospital-item-suggestions"))
