"""One's own settings of notices outside the page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from inbox.forms import AddressForm, ChannelForm, CodeForm, QuietForm, WantedForm
from inbox.models import ContactPoint
from inbox.operations.contact_points import (
    ask_for_code,
    choose_wanted,
    confirm_code,
    forget_address,
    set_quiet_hours,
)
from inbox.operations.gateways import offered_channels
from inbox.queries.deliveries import own_channels, own_quiet_hours
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView


class MessageSettingsView(ScopedTemplateView):
    """Addresses, what to get by each, and the quiet hours."""

    template_name = "inbox/message_settings.html"
    page_title = "通知方式"
    page_note = "外发的通知只写类别，不写业务内容，内容请登录查看"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quiet = own_quiet_hours(self.scope)
        context = {
            "channels": own_channels(self.scope, offered_channels()),
            "wanted": ContactPoint.Wanted.choices,
            "quiet": QuietForm(
                initial={"is_on": quiet.is_on, "starts": quiet.starts, "ends": quiet.ends}
            ),
        }
        return super().get_context_data(**context | kwargs)


class SettingStep(MessageSettingsView):
    """One form of the page; what is wrong is said on the page itself."""

    http_method_names = ("post", "options")
    form_class: ClassVar[type[forms.Form]]
    done: ClassVar[str] = "已保存"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                self.act(form.cleaned_data)
            except Refusal as refusal:
                return self._again(form, [refusal.reason], refusal.status)
            messages.success(request, self.done)
            return HttpResponseRedirect(reverse("message-settings"))
        problems = [str(error) for found in form.errors.values() for error in found]
        return self._again(form, problems, 400)

    def act(self, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def _again(self, form: forms.Form, problems: list[str], status: int) -> HttpResponse:
        given = {
            "problems": problems,
            "failed_channel": form.data.get("channel", ""),
            "typed": form.data.get("address", ""),
        }
        context = self.get_context_data(**given)
        if isinstance(form, QuietForm):
            context["quiet"] = form
        return self.render_to_response(context, status=status)


class CodeView(SettingStep):
    form_class = AddressForm
    done = "验证码已发出，10 分钟内有效"

    def act(self, values: dict[str, Any]) -> None:
        ask_for_code(by=self.user, at=timezone.now(), **values)


class ConfirmView(SettingStep):
    form_class = CodeForm
    done = "已验证，今后的通知会发到这个地址"

    def act(self, values: dict[str, Any]) -> None:
        confirm_code(by=self.user, at=timezone.now(), **values)


class WantedView(SettingStep):
    form_class = WantedForm

    def act(self, values: dict[str, Any]) -> None:
        choose_wanted(by=self.user, at=timezone.now(), **values)


class ForgetView(SettingStep):
    form_class = ChannelForm
    done = "地址已删除"

    def act(self, values: dict[str, Any]) -> None:
        forget_address(by=self.user, at=timezone.now(), **values)


class QuietView(SettingStep):
    form_class = QuietForm

    def act(self, values: dict[str, Any]) -> None:
        set_quiet_hours(by=self.user, at=timezone.now(), **values)
