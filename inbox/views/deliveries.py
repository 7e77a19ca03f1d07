"""The log of notices sent outside the page, and who of the own people can be reached."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from core.transitions import Verdict
from inbox.forms import AttemptSearch
from inbox.models import Channel, DeliveryAttempt, Notice
from inbox.operations.contact_points import CODE_CATEGORY
from inbox.queries.deliveries import attempts_of, channel_states, reach_of_people
from organisations.queries.scope import Scope
from organisations.rules import manages_people
from organisations.views.scoped import ScopedListView, ScopedTemplateView

WORDS = {**dict(Notice.Category.choices), CODE_CATEGORY: "验证码"}
LEVELS = {"queued": "blue", "sent": "green", "failed": "orange", "dead": "red", "skipped": "grey"}


class DeliveryListView(ScopedListView):
    """Own attempts; an admin's organisation's; all for the system administrator. No content."""

    template_name = "inbox/delivery_list.html"
    page_title = "外发记录"
    paginate_by = 50

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[DeliveryAttempt]:
        form = AttemptSearch(self.request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        return attempts_of(
            scope, outcome=wanted.get("outcome") or "", channel=wanted.get("channel") or ""
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        system = self.scope.platform_role == "system"
        context = super().get_context_data(
            given=self.request.GET,
            outcomes=DeliveryAttempt.Outcome.choices,
            channels=Channel.choices,
            shows_person=system or self.scope.has_role("admin"),
            states=channel_states(self.scope, settings.MESSAGE_GATEWAYS) if system else [],
            **kwargs,
        )
        context["rows"] = [
            (row, WORDS.get(row.category, row.category), LEVELS[row.outcome])
            for row in context["object_list"]
        ]
        return context


class MessageReachView(ScopedTemplateView):
    """For the organisation's admin: whom a message would reach, without addresses."""

    template_name = "inbox/message_reach.html"
    page_title = "通知可达情况"
    page_note = "本机构人员已验证的接收渠道；地址只有本人可见"

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = reach_of_people(self.scope)
        unreachable = sum(1 for row in rows if not row.channels)
        return super().get_context_data(rows=rows, unreachable=unreachable, **kwargs)
