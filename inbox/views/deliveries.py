"""The log of notices sent outside the page, and who of the own people can be reached."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from core.transitions import Verdict
from inbox.filters import DeliveryFilter
from inbox.models import DeliveryAttempt
from inbox.queries.deliveries import attempts_of, channel_states, reach_of_people
from inbox.tables import DELIVERY_COLUMNS
from organisations.queries.scope import Scope
from organisations.rules import manages_people
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView


class DeliveryListView(FilteredListView):
    """Own attempts; an admin's organisation's; all for the system administrator. No content."""

    template_name = "inbox/delivery_list.html"
    page_title = "外发记录"
    filterset_class = DeliveryFilter
    columns = DELIVERY_COLUMNS
    default_sort = "-at"
    keyset = ("at", "id")
    route, export_route, sheet_name = "delivery-list", "delivery-export", "外发记录"
    bar = ("channel", "outcome", "since")
    search_hint = "接收人、机构、拼音首字母"
    empty_title, empty_icon = "没有外发记录", "history"
    empty_text = "在“通知方式”中验证一个地址后，通知会同时发到那里。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def everything(self, scope: Scope) -> QuerySet[DeliveryAttempt]:
        return attempts_of(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        system = self.scope.platform_role == "system"
        states = channel_states(self.scope, settings.MESSAGE_GATEWAYS) if system else []
        return super().get_context_data(states=states, **kwargs)


class DeliveryExportView(ExportMixin, DeliveryListView):
    pass


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
