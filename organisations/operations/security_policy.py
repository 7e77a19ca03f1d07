"""The security administrator sets the rules, and ends locks of accounts and addresses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from axes.models import AccessAttempt
from django.db import connection

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, StaleVersion, TransitionRefused
from organisations.models import SecurityPolicy
from organisations.queries.security_policy import PolicyValues, policy_in_force
from organisations.rules import CLAUSE_IDENTITY

BOUNDS: dict[str, tuple[int, int, str, str]] = {
    "password_length": (8, 64, "口令最短长度", "个字符"),
    "password_days": (30, 180, "口令更换周期", "天"),
    "password_history": (1, 24, "新口令不得与最近几次相同", "次"),
    "failure_limit": (3, 10, "连续失败锁定", "次"),
    "lock_minutes": (10, 1440, "锁定时长", "分钟"),
    "idle_minutes": (5, 30, "会话空闲退出", "分钟"),
    "absolute_hours": (1, 12, "会话最长时间", "小时"),
}
"""Field: least, most, label, unit. The table's constraints say the same."""


@operation
def set_security_policy(
    *,
    values: PolicyValues,
    reason: str,
    by: Actor,
    at: datetime,
    seen_version: int | None = None,
) -> SecurityPolicy:
    """A new row, in force at once for passwords and locks, for sessions from the next sign-in.

    `seen_version` is the newest setting that was read, 0 before the first. Raises StaleVersion where
    somebody else set the rules since, MissingInput naming the field that is out of its bounds,
    TransitionRefused when nothing would change.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('security policy', 0))")
    newest = SecurityPolicy.objects.order_by("-pk").first()
    if newest is not None and seen_version is not None and seen_version != newest.pk:
        raise StaleVersion(f"{newest.set_by_name}刚刚更新过安全策略，请核对现行各项后再改")
    given = asdict(values)
    for name, (least, most, label, unit) in BOUNDS.items():
        if not least <= given[name] <= most:
            raise MissingInput(name, f"{label}应为 {least} 至 {most} {unit}", CLAUSE_IDENTITY)
    if not reason.strip():
        raise MissingInput("reason", "请填写事由")
    before = asdict(policy_in_force())
    if before == given:
        raise TransitionRefused("各项与现行策略相同，没有改动")
    row = SecurityPolicy.objects.create(
        **{**given, "second_factor_kinds": list(values.second_factor_kinds)},
        reason=reason.strip(),
        set_at=at,
        set_by_id=by.audit_id,
        set_by_name=by.audit_name,
    )
    changed = {name: [before[name], given[name]] for name in given if before[name] != given[name]}
    record(by=by, at=at, action="security_policy.set", object_type="security_policy",
           object_key=row.pk, object_label="安全策略", reason=row.reason, clause=CLAUSE_IDENTITY,
           detail={"before": before, "after": given, "changed": sorted(changed)})  # fmt: skip
    return row


@operation
def unlock_address(*, address: str, by: Actor, at: datetime) -> int:
    """End the lock of an address from which too many sign-ins failed; gives how many are forgotten."""
    forgotten, _ = AccessAttempt.objects.filter(ip_address=address).delete()
    if not forgotten:
        raise TransitionRefused("该地址没有失败记录，未被锁定")
    record(by=by, at=at, action="address.unlock", object_type="address", object_key=address,
           object_label=address)  # fmt: skip
    return int(forgotten)
