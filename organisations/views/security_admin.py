"""The security administrator: locks, and the rules of passwords and sessions in force."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from organisations.forms.search import AccountSearch
from organisations.models import User
from organisations.operations.administrators import unlock_account
from organisations.operations.people import switch_off, switch_on
from organisations.queries.people import accounts, matching, only_locked
from organisations.queries.scope import Scope
from organisations.rules import PASSWORD_MAX_AGE
from organisations.views.scoped import ScopedDetailView, ScopedListView, ScopedTemplateView


class SecurityPages:
    """For the security administrator alone."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "security"

    def visible(self, scope: Scope) -> QuerySet[User]:
        return accounts(scope, timezone.now())


class AccountListView(SecurityPages, ScopedListView):
    template_name = "organisations/accounts.html"
    page_title = "账号安全"

    def visible(self, scope: Scope) -> QuerySet[User]:
        rows = super().visible(scope)
        self.search = AccountSearch(self.request.GET)
        if self.search.is_valid():
            if self.search.cleaned_data["q"]:
                rows = rows.filter(matching(self.search.cleaned_data["q"]))
            if self.search.cleaned_data["state"] == "locked":
                rows = only_locked(rows, timezone.now())
            if self.search.cleaned_data["state"] == "off":
                rows = rows.filter(is_active=False)
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        states = AccountSearch.base_fields["state"].choices  # type: ignore[attr-defined]
        return super().get_context_data(search=self.search, states=states, **kwargs)


class AccountActView(SecurityPages, ScopedDetailView):
    """POST only: unlock, off, or on."""

    key_field = "username"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account, now = self.get_object(), timezone.now()
        if kwargs["act"] == "unlock":
            unlock_account(user=account, by=self.user, at=now)
            messages.success(request, "已解除锁定")
        elif kwargs["act"] == "off":
            switch_off(user=account, by=self.user, at=now)
            messages.success(request, "账号已停用")
        else:
            switch_on(user=account, by=self.user, at=now)
            messages.success(request, "账号已启用")
        return HttpResponseRedirect(reverse("account-list"))


class SecurityRulesView(SecurityPages, ScopedTemplateView):
    """What is in force; the values come from the platform's settings."""

    template_name = "organisations/security_rules.html"
    page_title = "口令与会话策略"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = [
            ("连续登录失败锁定", f"{settings.AXES_FAILURE_LIMIT} 次（按账号、按来源地址分别计）"),
            ("锁定时长", f"{settings.AXES_COOLOFF_TIME * 60:.0f} 分钟"),
            ("会话空闲退出", f"{settings.SESSION_IDLE_SECONDS // 60} 分钟"),
            ("会话最长时间", f"{settings.SESSION_ABSOLUTE_SECONDS // 3600} 小时"),
            ("口令长度与构成", "至少 10 个字符，大写、小写、数字、符号至少三种，不含常见口令"),
            ("口令更换周期", f"{PASSWORD_MAX_AGE.days} 天"),
            ("一次性口令", "首次登录和重置后必须修改"),
        ]
        items = [{"label": label, "value": value} for label, value in rules]
        return super().get_context_data(rules=items, **kwargs)
