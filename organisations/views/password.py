"""The change of one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from core.transitions import MissingInput
from organisations.forms.account import PasswordForm
from organisations.operations.passwords import change_password
from organisations.views.scoped import ScopedTemplateView
from organisations.views.session_rules import stamp_session


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordView(ScopedTemplateView):
    """Open to everyone signed in; the only page until a one-time password has been changed."""

    template_name = "organisations/password.html"
    page_title = "修改口令"
    page_note = "修改后，您在其他电脑上的登录会立即退出。"
    open_before_password_change = True

    def exists_for(self, scope: object) -> bool:
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": PasswordForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        if form.is_valid():
            try:
                user = change_password(
                    user=self.user,
                    current=form.cleaned_data["current"],
                    new=form.cleaned_data["new"],
                    by=self.user,
                    at=timezone.now(),
                )
            except MissingInput as refusal:
                form.add_error(refusal.field, refusal.reason)
            else:
                update_session_auth_hash(request, user)
                stamp_session(request, user)
                messages.success(request, "口令已修改")
                return HttpResponseRedirect(reverse("home"))
        return self.render_to_response(self.get_context_data(form=form), status=400)
