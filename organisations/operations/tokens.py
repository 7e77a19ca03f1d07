"""API tokens of an organisation's own system: issued once, revoked at once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.models import ApiToken, Organisation, User
from organisations.operations.people import check_roles, save_new_account
from organisations.states import TOKEN_SCOPES

MAX_DAYS = 730
MAX_PER_MINUTE = 6000


@operation
def issue_token(
    *,
    organisation: Organisation,
    name: str,
    scopes: list[str],
    roles: list[str],
    days: int | None,
    by: Actor,
    at: datetime,
    per_minute: int | None = None,
) -> tuple[ApiToken, str]:
    """A service user with these roles and its token, whose secret is shown once.

    Without `days` it lives until it is revoked. `per_minute` limits its requests. Raises
    MissingInput for unknown scopes, roles that do not fit, a life over two years, or a bad limit.
    """
    if not scopes or not set(scopes) <= set(TOKEN_SCOPES):
        raise MissingInput("scopes", "请选择令牌的使用范围")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise MissingInput("days", f"有效期为 1 至 {MAX_DAYS} 天")
    if per_minute is not None and not 1 <= per_minute <= MAX_PER_MINUTE:
        raise MissingInput("per_minute", f"每分钟请求上限为 1 至 {MAX_PER_MINUTE}")
    if "admin" in roles:
        raise MissingInput("roles", "接口令牌不能担任机构管理员")
    check_roles(organisation, roles)
    service = User(
        username=f"service-{organisation.code.lower()}-{secrets.token_hex(4)}",
        name=name,
        organisation=organisation,
        roles=sorted(set(roles)),
        is_service=True,
        created_at=at,
        created_by_name=by.audit_name,
    )
    service.set_unusable_password()
    save_new_account(service)
    made: tuple[ApiToken, str] = ApiToken.objects.create(
        user=service,
        expiry=None if days is None else timedelta(days=days),
        per_minute=per_minute,
        organisation=organisation,
        name=name,
        scopes=sorted(set(scopes)),
        created_by_name=by.audit_name,
    )
    token, secret = made
    record(by=by, at=at, action="token.issue", object_type="api_token", object_key=token.token_key,
           object_label=name, detail={"scopes": token.scopes, "roles": service.roles, "days": days})  # fmt: skip
    return token, secret


@operation
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    """End a token and its service user; its next call gets 401."""
    locked: ApiToken = (
        ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    )
    if locked.revoked_at is not None:
        raise TransitionRefused("该令牌已经吊销")
    locked.revoked_at = at
    locked.save(update_fields=["revoked_at"])
    locked.user.is_active = False
    locked.user.save(update_fields=["is_active"])
    record(by=by, at=at, action="token.revoke", object_type="api_token",
           object_key=locked.token_key, object_label=locked.name)  # fmt: skip
    return locked
