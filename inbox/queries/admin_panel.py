"""What waits for the three administrators on their home page: numbers that lead to the list."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from core.audit.models import AuditEvent
from inbox.queries.home import Panel, add_panel
from organisations.queries.directory import without_admin
from organisations.queries.people import accounts
from organisations.queries.scope import Scope
from organisations.queries.trail import trail_head
from organisations.queries.visible import visible_audit_events, visible_organisations

Items = list[dict[str, Any]]


def panel(scope: Scope) -> dict[str, Any] | None:
    """Lines of the to-do component; None for people of the trade."""
    if not scope.active or scope.is_business:
        return None
    makers = {"system": _system, "security": _security, "auditor": _auditor}
    maker = makers.get(scope.platform_role)
    return {"lines": maker(scope)} if maker else None


def _line(label: str, count: int, url: str, icon: str, late: bool = False, note: str = "") -> Any:
    return {
        "label": label, "count": f"{count:,}", "url": url, "icon": icon, "late": late, "note": note,
    }  # fmt: skip


def _system(scope: Scope) -> Items:
    waiting = without_admin(scope).count()
    in_use = visible_organisations(scope).filter(is_active=True).count()
    url = reverse("organisation-list")
    return [
        _line("尚未建立管理员的机构", waiting, url, "user", note="为其开出第一个管理员账号"),
        _line("启用的机构", in_use, url, "building-community"),
    ]


def _security(scope: Scope) -> Items:
    counts = accounts(scope, timezone.now()).aggregate(
        locked=Count("pk", filter=Q(is_locked=True)),
        off=Count("pk", filter=Q(is_active=False)),
        first=Count("pk", filter=Q(must_change_password=True, is_active=True)),
    )
    url = reverse("account-list")
    return [
        _line(
            "现在锁定的账号", counts["locked"], f"{url}?state=locked", "lock", counts["locked"] > 0
        ),
        _line("已停用的账号", counts["off"], f"{url}?state=off", "ban"),
        _line("待首次修改口令的账号", counts["first"], url, "key"),
    ]


def _auditor(scope: Scope) -> Items:
    today = timezone.localdate()
    since = timezone.make_aware(datetime.combine(today, time.min))
    counts = (
        visible_audit_events(scope)
        .filter(at__gte=since)
        .aggregate(
            all=Count("pk"), refused=Count("pk", filter=Q(outcome=AuditEvent.Outcome.REFUSED))
        )
    )
    head = trail_head()
    sealed = f"最近封存 {timezone.localtime(head.sealed_at):%Y-%m-%d %H:%M}" if head else "尚未封存"
    url = f"{reverse('audit-list')}?date_from={today}"
    return [
        _line("今天的审计事件", counts["all"], url, "history"),
        _line("今天被拒绝的操作", counts["refused"], f"{url}&outcome=refused", "ban"),
        {
            "label": "审计完整性核对", "url": reverse("audit-integrity"), "icon": "shield-check",
            "note": sealed,
        },
    ]  # fmt: skip


add_panel(Panel(order=5, template="inbox/_admin_panel.html", content=panel))
