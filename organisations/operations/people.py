"""An organisation's own people: invited, given roles, switched off and on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, Refusal, StaleVersion, TransitionRefused
from organisations.models import Organisation, User
from organisations.operations.passwords import end_sessions, one_time_password
from organisations.rules import CLAUSE_SEPARATION, last_admin_verdict, roles_verdict


@operation
def invite_person(
    *,
    organisation: Organisation,
    username: str,
    name: str,
    roles: list[str],
    phone: str = "",
    by: Actor,
    at: datetime,
) -> tuple[User, str]:
    """A new account and its one-time password, which is kept nowhere in clear.

    Raises MissingInput where the username is taken or a role does not fit the organisation.
    """
    check_roles(organisation, roles)
    password = one_time_password()
    user = User(
        organisation=organisation,
        username=username,
        name=name,
        roles=sorted(set(roles)),
        phone=phone,
        must_change_password=True,
        password_changed_at=at,
        created_at=at,
        created_by_name=by.audit_name,
    )
    user.set_password(password)
    save_new_account(user)
    record(by=by, at=at, action="user.invite", object_type="user", object_key=user.pk,
           object_label=user.audit_name,
           detail={"organisation": organisation.name, "roles": user.roles})  # fmt: skip
    return user, password


def save_new_account(user: User) -> None:
    """Insert; a username that is taken anywhere on the platform is named."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise MissingInput("username", "该用户名已被使用，请换一个") from error


def check_roles(organisation: Organisation, roles: list[str]) -> None:
    level = organisation.region.level if organisation.region else ""
    verdict = roles_verdict(roles, organisation.kind, level)
    if not verdict:
        raise MissingInput("roles", verdict.reason)


@operation
def edit_person(
    *,
    user: User,
    name: str,
    phone: str,
    roles: list[str],
    by: Actor,
    at: datetime,
    seen_version: int | None = None,
) -> User:
    """Change name, phone and roles; a change of roles ends the person's sessions.

    Raises StaleVersion where another admin saved since the page was opened.
    """
    locked = _locked(user)
    if seen_version is not None and seen_version != locked.row_version:
        raise StaleVersion("该人员的资料刚刚由他人修改，请核对后再保存")
    check_roles(locked.organisation, roles)
    before = {"name": locked.name, "phone": locked.phone, "roles": locked.roles}
    wanted = sorted(set(roles))
    if "admin" in locked.roles and "admin" not in wanted:
        _keep_an_admin(locked)
    if wanted != sorted(locked.roles):
        end_sessions(locked)
    locked.name, locked.phone, locked.roles = name, phone, wanted
    locked.row_version += 1
    locked.save(
        update_fields=["name", "initials", "phone", "roles", "session_epoch", "row_version"]
    )
    record(by=by, at=at, action="user.edit", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name,
           detail={"before": before, "after": {"name": name, "phone": phone, "roles": wanted}})  # fmt: skip
    return locked


@operation
def switch_off(*, user: User, by: Actor, at: datetime) -> User:
    """Disable an account; its sessions and tokens end at the next request."""
    locked = _locked(user)
    if by.audit_id == locked.pk:
        raise TransitionRefused("不能停用自己的账号")
    if locked.platform_role:
        raise TransitionRefused("三员账号不能由另一员停用", CLAUSE_SEPARATION)
    if not locked.is_active:
        raise TransitionRefused("该账号已经停用")
    if "admin" in locked.roles:
        _keep_an_admin(locked)
    locked.is_active = False
    end_sessions(locked)
    locked.save(update_fields=["is_active", "session_epoch"])
    record(by=by, at=at, action="user.switch_off", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name)  # fmt: skip
    return locked


@operation
def switch_on(*, user: User, by: Actor, at: datetime) -> User:
    """Enable an account again, with the password that it had."""
    locked = _locked(user)
    if locked.is_active:
        raise TransitionRefused("该账号没有停用")
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record(by=by, at=at, action="user.switch_on", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name)  # fmt: skip
    return locked


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("organisation__region").get(
        pk=user.pk
    )  # fmt: skip


def _keep_an_admin(leaving: User) -> None:
    """Lock the organisation's other admins in use, so that two cannot leave at once."""
    others = (
        User.objects.select_for_update()
        .filter(
            organisation_id=leaving.organisation_id,
            roles__contains=["admin"],
            is_active=True,
            is_service=False,
        )
        .exclude(pk=leaving.pk)
        .order_by("pk")
    )
    verdict = last_admin_verdict(other_admins=len(others))
    if not verdict:
        raise Refusal.of(verdict)
