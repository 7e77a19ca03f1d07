"""Webhook endpoints of the own organisation: list, register, change, pause, test, and their log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.lists.keyset import keyset_page
from core.transitions import MissingInput, Refusal, StaleVersion
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
from core.views.object_page import Action
from inbox.filters import AttemptFilter, WebhookFilter
from inbox.models import WebhookAttempt, WebhookEndpoint
from inbox.operations import webhooks
from inbox.queries.change_kinds import CHANGE_KINDS, SUBSCRIBED
from inbox.queries.visible_changes import (
    visible_webhook_attempts,
    visible_webhook_deliveries,
    visible_webhook_endpoints,
)
from inbox.queries.webhook_attempts import attempts_at
from inbox.tables import ATTEMPT_COLUMNS, WEBHOOK_COLUMNS, hook_level
from organisations.forms.people import clean_text
from organisations.queries.object_steps import last_step, steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.people import AdminsOnly
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from organisations.views.shown_once import show_once, shown_once

SHOWN = 20


class WebhookForm(forms.Form):
    """Where to call, and of what to tell."""

    name = forms.CharField(label="名称", max_length=100, help_text="写明用途，如“HIS 预警接收”。")
    url = forms.CharField(
        label="接收地址",
        max_length=500,
        help_text="本机构系统接收回调的 https 地址；默认只能是公网地址，内网地址须由平台运维登记网段。",
    )
    kinds = forms.MultipleChoiceField(
        label="接收的变更",
        choices=[(name, CHANGE_KINDS[name].label) for name in SUBSCRIBED],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])


class WebhookAdmin(AdminsOnly):
    def visible(self, scope: Scope) -> QuerySet[WebhookEndpoint]:
        return visible_webhook_endpoints(scope).order_by("-created_at", "-pk")


class WebhookListView(AdminsOnly, FilteredListView):
    page_title = "回调地址"
    page_note = "平台有变更时主动告知本机构的系统；只告知编号和链接，内容由系统凭接口令牌查询。"
    filterset_class = WebhookFilter
    columns = WEBHOOK_COLUMNS
    default_sort = "-registered"
    route, export_route, sheet_name = "webhook-list", "webhook-export", "回调地址"
    bar = ("state", "kind")
    search_hint = "名称、编号、地址、拼音首字母"
    empty_title, empty_icon = "没有回调地址", "webhook"
    empty_text = "本机构的系统需要及时知道预警、待办等变更时，在此登记接收地址。"

    def everything(self, scope: Scope) -> QuerySet[WebhookEndpoint]:
        return visible_webhook_endpoints(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "登记回调地址", "url": reverse("webhook-new"), "kind": "primary",
               "icon": "plus"}  # fmt: skip
        return super().get_context_data(actions=[new], **kwargs)


class WebhookExportView(ExportMixin, WebhookListView):
    pass


class WebhookAttemptListView(AdminsOnly, FilteredListView):
    """Every attempt at one endpoint, newest first."""

    filterset_class = AttemptFilter
    columns = ATTEMPT_COLUMNS
    default_sort = "-at"
    keyset = ("begun_at", "id")
    route, export_route = "webhook-attempts", "webhook-attempts-export"
    sheet_name = "投递记录"
    bar = ("outcome", "kind", "since")
    search_hint = "变更号、对象编号"
    empty_title, empty_icon = "没有投递记录", "webhook"
    empty_text = "有变更或发送测试后，每次投递及结果记录在此，保留 40 天。"
    row_acts = True

    def everything(self, scope: Scope) -> QuerySet[WebhookAttempt]:
        found = visible_webhook_endpoints(scope).filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Http404
        self.endpoint: WebhookEndpoint = found
        return attempts_at(scope, found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_title=f"投递记录：{self.endpoint.name}",
            breadcrumbs=[
                {"label": "回调地址", "url": reverse("webhook-list")},
                {
                    "label": self.endpoint.name,
                    "url": reverse("webhook-detail", args=[self.endpoint.number]),
                },
                {"label": "投递记录"},
            ],
            **kwargs,
        )


class WebhookAttemptExportView(ExportMixin, WebhookAttemptListView):
    pass


class WebhookNewView(WebhookAdmin, ScopedTemplateView):
    template_name = "inbox/webhook_form.html"
    page_title = "登记回调地址"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = WebhookForm(initial={"kinds": list(SUBSCRIBED)})
        context = {"form": form, "back": reverse("webhook-list"), "draft": "webhook-new"}
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WebhookForm(request.POST)
        if form.is_valid():
            try:
                endpoint, secret = webhooks.register_webhook(
                    organisation=self.user.organisation, by=self.user, at=timezone.now(),
                    **form.cleaned_data,
                )  # fmt: skip
            except MissingInput as refusal:
                form.add_error(refusal.field, refusal.reason)
            else:
                back = reverse("webhook-detail", args=[endpoint.number])
                return show_once(request, back, secret)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class OneWebhook(WebhookAdmin, ScopedDetailView):
    object: WebhookEndpoint
    key_field: ClassVar[str] = "number"
    key: ClassVar[str] = "number"

    def breadcrumbs(self, endpoint: WebhookEndpoint) -> list[dict[str, str]]:
        return [{"label": "回调地址", "url": reverse("webhook-list")}, {"label": endpoint.name}]


class WebhookDetailView(OneWebhook):
    """The endpoint with the newest deliveries and every attempt of each."""

    template_name = "inbox/webhook_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        endpoint: WebhookEndpoint = kwargs["object"]
        attempts = visible_webhook_attempts(self.scope).order_by("number")
        rows = (
            visible_webhook_deliveries(self.scope)
            .filter(endpoint=endpoint)
            .prefetch_related(Prefetch("attempts", attempts))
        )
        page = keyset_page(
            rows, order=("id",), cursor=self.request.GET.get("cursor", ""), size=SHOWN
        )
        return super().get_context_data(
            **kwargs
            | {
                **shown_once(self.request),
                "page_title": endpoint.name,
                "breadcrumbs": self.breadcrumbs(endpoint),
                "level": hook_level(endpoint.state),
                "kinds": [CHANGE_KINDS[kind].label for kind in endpoint.kinds],
                "offered": webhook_acts(endpoint),
                "holder": self.user.organisation.name if endpoint.state != "active" else "",
                "timeline": steps_of(self.scope, "webhook_endpoint", endpoint.number),
                "deliveries": [_row(delivery) for delivery in page.rows],
                "shown": len(page.rows),
                "newer_url": f"?cursor={page.newer}" if page.newer else "",
                "older_url": f"?cursor={page.older}" if page.older else "",
            }
        )


def webhook_acts(endpoint: WebhookEndpoint) -> list[Action]:
    """Every act on an endpoint; what it is not in the state for is greyed with the reason."""
    active = endpoint.state == WebhookEndpoint.State.ACTIVE

    def act(verb: str, label: str, why_not: str) -> Action:
        url = reverse("webhook-act", args=[endpoint.number, verb])
        offered: Action = {"label": label, "url": url, "method": "post"}
        return offered | ({"reason": why_not} if why_not else {})

    stopped = "" if active else "回调地址已暂停，请先恢复"
    running = "该回调地址正在使用，不需要恢复" if active else ""
    change = reverse("webhook-change", args=[endpoint.number])
    return [
        {"label": "修改", "icon": "edit", "url": change},
        act("test", "发送测试", stopped),
        act("pause", "暂停", stopped),
        act("resume", "恢复", running) | ({} if active else {"kind": "primary"}),
        {"label": "轮换签名密钥", "dialog": "rotate-webhook"},
        {"label": "删除", "dialog": "remove-webhook"},
    ]


class WebhookChangeView(OneWebhook):
    template_name = "inbox/webhook_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        endpoint: WebhookEndpoint = kwargs["object"]
        started = {name: getattr(endpoint, name) for name in ("name", "url", "kinds")}
        return super().get_context_data(
            **{
                "form": WebhookForm(initial=started),
                "back": reverse("webhook-detail", args=[endpoint.number]),
                "page_title": "修改回调地址",
                "draft": f"webhook-{endpoint.number}",
                "version": shown_version(self.request, endpoint.row_version),
                "breadcrumbs": self.breadcrumbs(endpoint),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        endpoint = self.get_object()
        form = WebhookForm(request.POST)
        if form.is_valid():
            try:
                webhooks.change_webhook(
                    endpoint=endpoint, by=self.user, at=timezone.now(),
                    seen_version=checked_version(request), **form.cleaned_data,
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(form, stale)
            except MissingInput as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "回调地址已修改")
                return HttpResponseRedirect(reverse("webhook-detail", args=[endpoint.number]))
        self.object = endpoint
        context = self.get_context_data(object=endpoint, form=form)
        return self.render_to_response(context, status=400)

    def _conflict(self, form: WebhookForm, stale: StaleVersion) -> HttpResponse:
        """What was typed beside what another admin has saved meanwhile."""
        now: WebhookEndpoint = self.get_object()
        who, at = last_step(self.scope, "webhook_endpoint", now.number)
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, {name: getattr(now, name) for name in form.fields}),
                who=who,
                at=at,
                back_url=reverse("webhook-change", args=[now.number]),
            ),
        )


ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "pause": (webhooks.pause_webhook, "已暂停，暂停期间的变更请从变更接口补取"),
    "resume": (webhooks.resume_webhook, "已恢复投递"),
    "test": (webhooks.send_test, "测试回调已排队，稍后刷新查看结果"),
    "remove": (webhooks.remove_webhook, "回调地址已删除"),
}


class WebhookActView(OneWebhook):
    """Pause, resume, test, remove; a rotation leads to the page that shows the new secret once."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        endpoint = self.get_object()
        act = self.kwargs["act"]
        back = reverse("webhook-detail", args=[endpoint.number])
        try:
            if act == "rotate":
                _, secret = webhooks.rotate_webhook_secret(
                    endpoint=endpoint, by=self.user, at=timezone.now()
                )
                return show_once(request, back, secret)
            operation, done = ACTS[act]
            operation(endpoint=endpoint, by=self.user, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, done)
        return HttpResponseRedirect(reverse("webhook-list") if act == "remove" else back)


class WebhookRedeliverView(OneWebhook):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        endpoint = self.get_object()
        rows = visible_webhook_deliveries(self.scope).filter(endpoint=endpoint)
        delivery = rows.filter(pk=self.kwargs["pk"]).first()
        if delivery is None:
            raise Http404
        try:
            webhooks.redeliver(delivery=delivery, by=self.user, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已排队重新投递，稍后刷新查看结果")
        return HttpResponseRedirect(reverse("webhook-detail", args=[endpoint.number]))


def _row(delivery: Any) -> dict[str, Any]:
    attempts = [(attempt, hook_level(attempt.outcome)) for attempt in delivery.attempts.all()]
    kind = CHANGE_KINDS.get(delivery.kind)
    return {
        "delivery": delivery,
        "label": kind.label if kind else delivery.kind,
        "level": hook_level(delivery.state),
        "attempts": attempts,
    }
