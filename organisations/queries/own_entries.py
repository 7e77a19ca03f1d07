"""The menu lines of accounts, people and organisations."""

from __future__ import annotations

from organisations.queries.guides import GUIDE_KINDS
from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def _admin(scope: Scope) -> bool:
    return scope.is_business and scope.has_role("admin")


def _has_consortia(scope: Scope) -> bool:
    return scope.is_business and (
        scope.is_region_authority or scope.kind in ("agency", "institution")
    )


def _reads_directory(scope: Scope) -> bool:
    return scope.is_region_authority or (scope.is_business and scope.kind == "agency")


def _is(role: str, scope: Scope) -> bool:
    return scope.active and scope.platform_role == role


def _writes_guide(scope: Scope) -> bool:
    return scope.is_business and scope.kind in GUIDE_KINDS and scope.has_role("clerk", "admin")


add(
    Entry(Group.HOME, 8, "办事指南", "guide-list", "info-circle", lambda scope: scope.active),
    Entry(Group.ORGANISATION, 15, "维护办事指南", "guide-edit", "edit", _writes_guide),
    Entry(
        Group.CATALOG, 60, "机构名录", "directory", "building-community", _reads_directory,
    ),
    Entry(Group.ORGANISATION, 10, "医共体", "consortium-list", "building-hospital", _has_consortia),
    Entry(
        Group.ORGANISATION, 12, "注册审核", "registration-list", "clipboard-check",
        lambda scope: scope.is_bureau,
    ),
    Entry(
        Group.ORGANISATION, 13, "机构变更", "organisation-change-list", "edit",
        lambda scope: scope.is_business and (scope.is_bureau or scope.has_role("admin")),
    ),
    Entry(Group.ORGANISATION, 20, "人员管理", "people", "users", _admin),
    Entry(Group.ORGANISATION, 30, "接口令牌", "token-list", "key", _admin),
    Entry(
        Group.ORGANISATION, 35, "签名证书", "certificate-list", "file-certificate",
        lambda scope: (scope.is_business and scope.has_role("admin", "leader"))
        or _is("security", scope) or _is("auditor", scope),
    ),
    Entry(
        Group.PLATFORM, 35, "信任的根证书", "trust-anchor-list", "shield-check",
        lambda scope: _is("security", scope),
    ),
    Entry(
        Group.HOME, 9, "验证签名", "signature-verify", "signature", lambda scope: scope.active
    ),
    Entry(
        Group.PLATFORM, 10, "机构管理", "organisation-list", "building-community",
        lambda scope: _is("system", scope),
    ),
    Entry(
        Group.PLATFORM, 20, "账号安全", "account-list", "shield-check",
        lambda scope: _is("security", scope),
    ),
    Entry(
        Group.PLATFORM, 30, "口令与会话策略", "security-rules", "settings",
        lambda scope: _is("security", scope),
    ),
    Entry(
        Group.PLATFORM, 40, "审计日志", "audit-list", "history",
        lambda scope: _is("auditor", scope),
    ),
    Entry(
        Group.PLATFORM, 50, "审计完整性核对", "audit-integrity", "shield-check",
        lambda scope: _is("auditor", scope),
    ),
)  # fmt: skip
