"""The three administrators (三员): who they are, and what each may do to accounts and organisations."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from organisations.models import Organisation, User
from organisations.operations.passwords import one_time_password
from organisations.operations.people import invite_person, save_new_account
from organisations.rules import CLAUSE_SEPARATION

PLATFORM_CODE = "PLATFORM"
ADMINISTRATORS = (
    ("sysadmin", "系统管理员", User.PlatformRole.SYSTEM),
    ("secadmin", "安全管理员", User.PlatformRole.SECURITY),
    ("auditor", "审计员", User.PlatformRole.AUDITOR),
)


@operation
def create_administrators(*, by: Actor, at: datetime, password: str = "") -> list[tuple[User, str]]:
    """Make those of the three accounts that are missing; give each new one and its password.

    Without `password` each gets its own one-time password, to be changed at the first sign-in.
    """
    platform, _ = Organisation.objects.get_or_create(
        code=PLATFORM_CODE, defaults={"name": "平台管理", "kind": Organisation.Kind.PLATFORM}
    )
    made = []
    for username, name, role in ADMINISTRATORS:
        if User.objects.filter(platform_role=role).exists():
            continue
        secret = password or one_time_password()
        user = User(
            username=username,
            name=name,
            organisation=platform,
            platform_role=role,
            must_change_password=not password,
            password_changed_at=at,
            created_at=at,
            created_by_name=by.audit_name,
        )
        user.set_password(secret)
        save_new_account(user)
        record(by=by, at=at, action="administrator.create", object_type="user",
               object_key=user.pk, object_label=user.audit_name, clause=CLAUSE_SEPARATION)  # fmt: skip
        made.append((user, secret))
    return made


@operation
def create_first_admin(
    *, organisation: Organisation, username: str, name: str, by: Actor, at: datetime
) -> tuple[User, str]:
    """The system administrator lets an organisation in: its first admin invites the others."""
    held = User.objects.filter(
        organisation=organisation, roles__contains=["admin"], is_active=True, is_service=False
    )
    if held.exists():
        raise TransitionRefused("该机构已有在用的机构管理员，请由其管理本机构人员")
    return invite_person(
        organisation=organisation, username=username, name=name, roles=["admin"], by=by, at=at
    )


@operation
def switch_organisation(
    *, organisation: Organisation, active: bool, by: Actor, at: datetime
) -> Organisation:
    """Let an organisation's people in, or shut them out at their next request."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if locked.kind == Organisation.Kind.PLATFORM:
        raise TransitionRefused("平台管理机构不能停用", CLAUSE_SEPARATION)
    if locked.is_active == active:
        raise TransitionRefused("该机构已是此状态")
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    record(by=by, at=at, action="organisation.switch_on" if active else "organisation.switch_off",
           object_type="organisation", object_key=locked.code, object_label=locked.name)  # fmt: skip
    return locked


@operation
def unlock_account(*, user: User, by: Actor, at: datetime) -> int:
    """The security administrator ends the lock after failed sign-ins; gives how many were forgotten."""
    forgotten, _ = AccessAttempt.objects.filter(username=user.username).delete()
    if not forgotten:
        raise TransitionRefused("该账号没有被锁定")
    record(by=by, at=at, action="user.unlock", object_type="user", object_key=user.pk,
           object_label=user.audit_name)  # fmt: skip
    return int(forgotten)
