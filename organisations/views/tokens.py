"""API tokens of the own organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput
from organisations.filters import TokenFilter
from organisations.forms.tokens import TokenForm
from organisations.models import ApiToken
from organisations.operations.tokens import issue_token, revoke_token
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_api_tokens
from organisations.tables import TOKEN_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.people import AdminsOnly
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from organisations.views.shown_once import show_once, shown_once


class TokenManager(AdminsOnly):
    def visible(self, scope: Scope) -> QuerySet[ApiToken]:
        return visible_api_tokens(scope).select_related("user").order_by("-created", "token_key")


class TokenListView(AdminsOnly, FilteredListView):
    page_title = "接口令牌"
    page_note = "供本机构自己的系统（HIS、ERP）调用平台接口。令牌只在签发时显示一次。"
    filterset_class = TokenFilter
    columns = TOKEN_COLUMNS
    default_sort = "-issued"
    route, export_route, sheet_name = "token-list", "token-export", "接口令牌"
    bar = ("state",)
    search_hint = "名称、标识、拼音首字母"
    empty_title, empty_icon = "没有接口令牌", "key"
    empty_text = "需要由本机构的系统自动提交订单、收货等时，在此签发令牌。"
    row_acts = True

    def everything(self, scope: Scope) -> QuerySet[ApiToken]:
        return visible_api_tokens(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "签发令牌", "url": reverse("token-issue"), "kind": "primary", "icon": "key"}
        return super().get_context_data(actions=[new], **kwargs)


class TokenExportView(ExportMixin, TokenListView):
    pass


class TokenIssueView(TokenManager, ScopedTemplateView):
    template_name = "organisations/token_issue.html"
    page_title = "签发接口令牌"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = TokenForm(organisation=self.user.organisation)
        return super().get_context_data(**{"form": form, **shown_once(self.request), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST, organisation=self.user.organisation)
        if form.is_valid():
            try:
                _, secret = issue_token(
                    organisation=self.user.organisation,
                    by=self.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except MissingInput as refusal:
                form.add_error(refusal.field, refusal.reason)
            else:
                return show_once(request, reverse("token-issue"), secret)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class TokenRevokeView(TokenManager, ScopedDetailView):
    key_field = "token_key"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        revoke_token(token=self.get_object(), by=self.user, at=timezone.now())
        messages.success(request, "令牌已吊销")
        return HttpResponseRedirect(reverse("token-list"))
