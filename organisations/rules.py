"""Who may do what with accounts, how long a session lives, what a password must be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.transitions import ALLOWED, Verdict

CLAUSE_IDENTITY = "GB/T 22239-2019 8.1.4.1"
CLAUSE_SEPARATION = "GB/T 22239-2019 8.1.5"

_COMMON = ("clerk", "reviewer", "leader", "admin")
_ROLES = {
    "institution": (*_COMMON, "storekeeper", "accountant"),
    "enterprise": _COMMON,
    "bureau": _COMMON,
}


def grantable_roles(kind: str, region_level: str) -> tuple[str, ...]:
    """The roles that people of an organisation of this kind may have."""
    roles = _ROLES.get(kind, _COMMON)
    in_province = kind == "bureau" and region_level == "province"
    return (*roles, "importer", "leads") if in_province else roles


def roles_verdict(roles: list[str], kind: str, region_level: str) -> Verdict:
    """Every role is one of the organisation's, and there is at least one."""
    if not roles:
        return Verdict(False, "请至少选择一个角色")
    if not set(roles) <= set(grantable_roles(kind, region_level)):
        return Verdict(False, "所选角色不适用于本机构")
    return ALLOWED


def last_admin_verdict(*, other_admins: int) -> Verdict:
    """An organisation keeps somebody who can let its people in."""
    if other_admins:
        return ALLOWED
    return Verdict(False, "本机构至少保留一名在用的机构管理员，请先指定另一名管理员")


def password_is_old(changed_at: datetime | None, now: datetime, days: int) -> bool:
    """Never set by its owner, or longer ago than allowed (等保 三级 身份鉴别 a): 定期更换)."""
    return changed_at is None or now - changed_at > timedelta(days=days)


class HasRoles(Protocol):
    """What the rule of the second factor looks at."""

    roles: list[str]
    platform_role: str

    @property
    def organisation(self) -> Any: ...


SECOND_FACTOR_KINDS = frozenset({"bureau", "finance"})


def second_factor_is_forced(user: HasRoles, more_kinds: Iterable[str] = ()) -> bool:
    """等保 三级 身份鉴别 d): bureaus, finance and every administrator, platform's and organisation's.

    `more_kinds` are kinds of organisation that the security administrator added.
    """
    return (
        bool(user.platform_role)
        or "admin" in user.roles
        or user.organisation.kind in SECOND_FACTOR_KINDS
        or user.organisation.kind in set(more_kinds)
    )


def session_has_ended(
    *, started_at: datetime, seen_at: datetime, now: datetime, idle: timedelta, absolute: timedelta
) -> str:
    """Why a session is over, for the sign-in page; empty while it lives."""
    if now - started_at > absolute:
        return f"登录已满 {int(absolute.total_seconds() // 3600)} 小时，请重新登录"
    if now - seen_at > idle:
        return f"超过 {int(idle.total_seconds() // 60)} 分钟没有操作，已自动退出"
    return ""


def manages_people(*, is_business: bool, is_admin: bool) -> Verdict:
    """People and tokens of an organisation are its own admin's business."""
    if is_business and is_admin:
        return ALLOWED
    return Verdict(False, "只有本机构的机构管理员可以管理人员和接口令牌")


def manages_certificates(*, is_business: bool, is_admin: bool) -> Verdict:
    """An organisation's certificate is got and ended by its own admin."""
    if is_business and is_admin:
        return ALLOWED
    return Verdict(False, "只有本机构的机构管理员可以申领和上传签名证书")


CERTIFICATE_READERS_ONLY = Verdict(False, "签名证书由本机构的机构管理员和负责人查看")
SECURITY_ONLY = Verdict(False, "信任的根证书由安全管理员管理")

CREDIT_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code_verdict(code: str) -> Verdict:
    """统一社会信用代码 of GB 32100-2015: 18 signs, the last one checks the others."""
    if len(code) != 18 or not set(code) <= set(CREDIT_CODE_SIGNS):
        return Verdict(
            False,
            "统一社会信用代码为 18 位数字和大写字母（不含 I、O、S、V、Z），请核对",
            "GB 32100-2015",
        )
    weighted = sum(
        weight * CREDIT_CODE_SIGNS.index(sign)
        for weight, sign in zip(_CREDIT_WEIGHTS, code, strict=False)
    )
    wanted = CREDIT_CODE_SIGNS[(31 - weighted % 31) % 31]
    if code[17] != wanted:
        return Verdict(
            False,
            "统一社会信用代码的校验位不对，可能输错了一位，请对照证照逐位核对",
            "GB 32100-2015",
        )
    return ALLOWED
