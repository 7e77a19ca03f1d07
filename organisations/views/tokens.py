"""API tokens of the own organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Verdict
from organisations.forms.tokens import TokenForm
from organisations.models import ApiToken
from organisations.operations.tokens import issue_token, revoke_token
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_api_tokens
from organisations.rules import manages_people
from organisations.states import TOKEN_SCOPES
from organisations.views.scoped import ScopedDetailView, ScopedListView, ScopedTemplateView


class TokenManager:
    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))

    def visible(self, scope: Scope) -> QuerySet[ApiToken]:
        return visible_api_tokens(scope).select_related("user").order_by("-created", "token_key")


class TokenListView(TokenManager, ScopedListView):
    template_name = "organisations/tokens.html"
    page_title = "接口令牌"
    page_note = "供本机构自己的系统（HIS、ERP）调用平台接口。令牌只在签发时显示一次。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(now=timezone.now(), **kwargs)
        context["rows"] = [
            (token, [TOKEN_SCOPES.get(name, name) for name in token.scopes])
            for token in context["object_list"]
        ]
        return context


class TokenIssueView(TokenManager, ScopedTemplateView):
    template_name = "organisations/token_issue.html"
    page_title = "签发接口令牌"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = TokenForm(organisation=self.user.organisation)
        return super().get_context_data(**{"form": form, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST, organisation=self.user.organisation)
        if form.is_valid():
            try:
                token, secret = issue_token(
                    organisation=self.user.organisation,
                    by=self.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except MissingInput as refusal:
                form.add_error(refusal.field, refusal.reason)
            else:
                context = self.get_context_data(token=token, secret=secret)
                return self.render_to_response(context, status=201)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class TokenRevokeView(TokenManager, ScopedDetailView):
    key_field = "token_key"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        revoke_token(token=self.get_object(), by=self.user, at=timezone.now())
        messages.success(request, "令牌已吊销")
        return HttpResponseRedirect(reverse("token-list"))
