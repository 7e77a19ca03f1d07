"""Writing, reviewing, publishing, correcting and withdrawing announcements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import ALLOWED, MissingInput, Refusal, StaleVersion, Verdict
from core.views.conflict import (
    Conflict,
    checked_version,
    conflict_page,
    kept,
    refuse,
    shown_version,
    typed,
)
from core.views.errors import refusal_page
from inbox.forms import AnnouncementForm, AnnouncementNoteForm
from inbox.models import Announcement
from inbox.operations.announcements import (
    WRITTEN,
    announcement_url,
    edit_announcement,
    publish_announcement,
    return_announcement,
    revise_announcement,
    submit_announcement,
    withdraw_announcement,
    write_announcement,
)
from inbox.queries.announcements import files_of, of_own_office, publishes, region_choices
from inbox.queries.batch_audience import batch_options
from organisations.queries.object_steps import last_step
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

MAX_DROPPED = 100


class Writers:
    """For bureaus and procurement centres; written by clerks, reviewers and leaders."""

    scope: Scope

    def exists_for(self, scope: Scope) -> bool:
        return publishes(scope)

    def entry(self, scope: Scope) -> Verdict:
        if scope.has_role("clerk", "reviewer", "leader"):
            return ALLOWED
        return Verdict(False, "公告由本单位的经办、审核、负责人办理")

    def new_form(self, *args: Any, **kwargs: Any) -> AnnouncementForm:
        return AnnouncementForm(
            *args, areas=region_choices(self.scope), batches=batch_options(self.scope), **kwargs
        )


class AnnouncementNewView(Writers, ScopedTemplateView):
    template_name = "inbox/announcement_edit.html"
    page_title = "写公告"
    page_note = "提交后由本单位另一人审核发布"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": self.new_form(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.new_form(request.POST)
        if form.is_valid():
            try:
                made = write_announcement(
                    values=form.cleaned_data, uploads=request.FILES.getlist("files"),
                    by=self.user, scope=self.scope, at=timezone.now(),
                )  # fmt: skip
            except MissingInput as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "草稿已保存，核对后请提交审核")
                return HttpResponseRedirect(announcement_url(made))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class AnnouncementEditView(Writers, ScopedDetailView):
    template_name = "inbox/announcement_edit.html"
    key_field = "code"

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        return of_own_office(scope).filter(state=Announcement.State.DRAFT)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft: Announcement = kwargs["object"]
        initial = {name: getattr(draft, name) for name in WRITTEN}
        initial["area"] = draft.region.code if draft.region else ""
        context = {
            "form": self.new_form(initial=initial),
            "files": files_of(draft),
            "version": shown_version(self.request, draft.row_version),
            "page_title": f"修改：{draft.title}",
            "breadcrumbs": [
                {"label": "公告", "url": reverse("announcement-list")},
                {"label": draft.code, "url": announcement_url(draft)},
                {"label": "修改"},
            ],
        }
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = self.get_object()
        form = self.new_form(request.POST)
        if form.is_valid():
            try:
                edit_announcement(
                    announcement=draft, values=form.cleaned_data,
                    uploads=request.FILES.getlist("files"),
                    dropped=_numbers(request.POST.getlist("drop")), by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=checked_version(request),
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(form, stale)
            except Refusal as refusal:
                refuse(form, refusal)
                return self.render_to_response(
                    self.get_context_data(object=draft, form=form), status=refusal.status
                )
            messages.success(request, "草稿已保存")
            return HttpResponseRedirect(announcement_url(draft))
        return self.render_to_response(self.get_context_data(object=draft, form=form), status=400)

    def _conflict(self, form: AnnouncementForm, stale: StaleVersion) -> HttpResponse:
        """What was typed beside what a colleague has saved meanwhile."""
        now: Announcement = self.get_object()
        who, at = last_step(self.scope, "announcement", now.pk, now.code)
        values = {name: getattr(now, name) for name in WRITTEN}
        values["area"] = now.region.code if now.region else ""
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, values),
                who=who,
                at=at,
                back_url=reverse("announcement-edit", args=[now.code]),
            ),
        )


class AnnouncementActView(Writers, ScopedDetailView):
    """One step, posted from the announcement's page."""

    key_field = "code"
    http_method_names = ("post", "options")

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        return of_own_office(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.get_object()
        form = AnnouncementNoteForm(request.POST)
        if not form.is_valid():
            field = next(iter(form.errors))
            reason = "理由最长 500 字" if field == "note" else "页面的版本标记不对，请刷新后再办理"
            return refusal_page(request, MissingInput(field, reason), form)
        values = form.cleaned_data
        try:
            moved = STEPS[kwargs["act"]](self, found, values["note"], values["version"])
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[kwargs["act"]])
        if kwargs["act"] == "revise":
            return HttpResponseRedirect(reverse("announcement-edit", args=[moved.code]))
        return HttpResponseRedirect(announcement_url(moved))


Step = Callable[[AnnouncementActView, Announcement, str, int | None], Announcement]


def _plain(operation: Callable[..., Announcement]) -> Step:
    return lambda view, found, note, seen: operation(
        announcement=found, by=view.user, scope=view.scope, at=timezone.now(), seen_version=seen
    )


def _with_note(operation: Callable[..., Announcement]) -> Step:
    return lambda view, found, note, seen: operation(
        announcement=found, note=note, by=view.user, scope=view.scope, at=timezone.now(),
        seen_version=seen,
    )  # fmt: skip


STEPS: dict[str, Step] = {
    "submit": _plain(submit_announcement),
    "publish": _plain(publish_announcement),
    "revise": _plain(revise_announcement),
    "return": _with_note(return_announcement),
    "withdraw": _with_note(withdraw_announcement),
}
DONE = {
    "submit": "已提交，等待本单位另一人审核",
    "publish": "已发布，并已通知接收单位",
    "revise": "已生成更正版草稿，发布后替代原公告",
    "return": "已退回修改",
    "withdraw": "已撤回，并已通知接收单位",
}


def _numbers(given: list[str]) -> list[int]:
    return [int(text) for text in given[:MAX_DROPPED] if text.isascii() and text.isdigit()]
