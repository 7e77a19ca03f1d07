"""The security administrator: locks, and the rules of passwords and sessions in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal, StaleVersion
from core.views.conflict import (
    Conflict,
    checked_version,
    conflict_page,
    kept,
    refuse,
    shown_version,
    typed,
)
from core.views.errors import error_page
from organisations.filters import AccountFilter
from organisations.forms.security import AddressForm, SecurityPolicyForm
from organisations.models import SecurityPolicy, User
from organisations.operations.administrators import unlock_account
from organisations.operations.people import switch_off, switch_on
from organisations.operations.second_factor import reset_second_factor
from organisations.operations.security_policy import set_security_policy, unlock_address
from organisations.queries.people import accounts, locked_addresses
from organisations.queries.scope import Scope
from organisations.queries.security_policy import (
    PolicyValues,
    policy_in_force,
    visible_security_policies,
)
from organisations.tables import ACCOUNT_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView


class SecurityOnly:
    """For the security administrator alone."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "security"


class SecurityPages(SecurityOnly):
    def visible(self, scope: Scope) -> QuerySet[User]:
        return accounts(scope, timezone.now())


class AccountListView(SecurityOnly, FilteredListView):
    template_name = "organisations/accounts.html"
    page_title = "账号安全"
    filterset_class = AccountFilter
    columns = ACCOUNT_COLUMNS
    default_sort = "username"
    route, export_route, sheet_name = "account-list", "account-export", "账号"
    bar = ("state", "kind", "factor")
    search_hint = "用户名、姓名、机构、拼音首字母"
    empty_title, empty_icon = "没有符合条件的账号", "user"
    row_acts = True

    def everything(self, scope: Scope) -> QuerySet[User]:
        return accounts(scope, timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            addresses=locked_addresses(self.scope, timezone.now()), **kwargs
        )


class AccountExportView(ExportMixin, AccountListView):
    pass


class AccountActView(SecurityPages, ScopedDetailView):
    """POST only: unlock, take the second factor away, off, or on."""

    key_field = "username"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account, now = self.get_object(), timezone.now()
        if kwargs["act"] == "unlock":
            unlock_account(user=account, by=self.user, at=now)
            messages.success(request, "已解除锁定")
        elif kwargs["act"] == "factor":
            reset_second_factor(user=account, by=self.user, at=now)
            messages.success(request, "动态口令已重置，该人员下次登录重新启用")
        elif kwargs["act"] == "off":
            switch_off(user=account, by=self.user, at=now)
            messages.success(request, "账号已停用")
        else:
            switch_on(user=account, by=self.user, at=now)
            messages.success(request, "账号已启用")
        return HttpResponseRedirect(reverse("account-list"))


class AddressUnlockView(SecurityPages, ScopedView):
    """POST only: end the lock of one address."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AddressForm(request.POST)
        if not form.is_valid():
            return error_page(request, 400, reason="来源地址不正确")
        unlock_address(address=form.cleaned_data["address"], by=self.user, at=timezone.now())
        messages.success(request, f"已解除 {form.cleaned_data['address']} 的锁定")
        return HttpResponseRedirect(reverse("account-list"))


class SecurityRulesView(SecurityPages, ScopedTemplateView):
    """What is in force and was before; the security administrator sets it within the bounds."""

    template_name = "organisations/security_rules.html"
    page_title = "口令与会话策略"
    page_note = "口令与锁定的改动立即生效，会话的改动自下次登录起生效。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SecurityPolicyForm(initial=asdict(policy_in_force()))
        history = list(visible_security_policies(self.scope)[:50])
        version = shown_version(self.request, newest_version(history))
        fixed = [
            {"label": "口令构成", "value": "大写、小写、数字、符号至少三种"},
            {"label": "常见口令", "value": "公开泄露的 2 万个常见口令、常用词加数字一律拒绝"},
            {"label": "一次性口令", "value": "首次登录和重置后必须修改"},
            {"label": "动态口令", "value": "医保局、财政、各机构管理员和三员必须使用"},
        ]
        return super().get_context_data(
            **{"form": form, "history": history, "fixed": fixed, "version": version, **kwargs}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SecurityPolicyForm(request.POST)
        if form.is_valid():
            values = dict(form.cleaned_data)
            reason = values.pop("reason")
            values["second_factor_kinds"] = tuple(sorted(values["second_factor_kinds"]))
            try:
                set_security_policy(
                    values=PolicyValues(**values), reason=reason, by=self.user,
                    at=timezone.now(), seen_version=checked_version(request, least=0),
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(form, stale)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "安全策略已更新")
                return HttpResponseRedirect(reverse("security-rules"))
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _conflict(self, form: SecurityPolicyForm, stale: StaleVersion) -> HttpResponse:
        """What was typed beside what a colleague has put in force meanwhile."""
        now = visible_security_policies(self.scope)[0]
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, {name: getattr(now, name) for name in (*form.fields,)}),
                who=now.set_by_name,
                at=now.set_at,
                back_url=reverse("security-rules"),
            ),
        )


def newest_version(history: Sequence[SecurityPolicy]) -> int:
    """Which setting a form is opened on: the newest, 0 before the first."""
    return int(history[0].pk) if history else 0
