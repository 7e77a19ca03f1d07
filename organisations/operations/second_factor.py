"""The second factor: enrolled with an app, checked at sign-in, renewed and taken away."""

from __future__ import annotations

import secrets
from datetime import datetime

from core.audit.record import Actor, record
from core.operations import operation
from core.totp import matching_step, new_secret
from core.transitions import MissingInput, TransitionRefused
from organisations.models import RecoveryCode, SecondFactor, User
from organisations.operations.passwords import end_sessions
from organisations.operations.sealed import (
    UnreadableSecret,
    keyed_digest,
    open_secret,
    seal_secret,
)
from organisations.rules import CLAUSE_IDENTITY, second_factor_is_forced

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG_CODE = "验证码不正确或已使用过，请等手机上出现新的验证码再输入"


@operation
def begin_enrolment(*, user: User, at: datetime) -> str:
    """The secret to put into the person's app; the same one until it is confirmed.

    Raises TransitionRefused where a second factor is in use already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    held = SecondFactor.objects.filter(user=user).first()
    if held is not None and held.confirmed_at is not None:
        raise TransitionRefused("已经启用动态口令；更换手机请先由管理员重置", CLAUSE_IDENTITY)
    if held is not None:
        try:
            return open_secret(held.secret_sealed)
        except UnreadableSecret:
            held.delete()
    secret = new_secret()
    SecondFactor.objects.create(user=user, secret_sealed=seal_secret(secret), made_at=at)
    return secret


@operation
def confirm_enrolment(*, user: User, code: str, by: Actor, at: datetime) -> list[str]:
    """A code from the app shows that it holds the secret; gives ten recovery codes, once.

    Raises MissingInput naming `code`.
    """
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None or factor.confirmed_at is not None:
        raise TransitionRefused("没有待启用的动态口令，请重新开始", CLAUSE_IDENTITY)
    step = matching_step(
        open_secret(factor.secret_sealed), _digits(code), at, after=factor.last_step
    )
    if step is None:
        raise MissingInput(
            "code", "验证码不正确，请核对手机时间后输入最新的验证码", CLAUSE_IDENTITY
        )
    factor.confirmed_at, factor.last_step = at, step
    factor.save(update_fields=["confirmed_at", "last_step"])
    record(by=by, at=at, action="second_factor.enrol", object_type="user", object_key=user.pk,
           object_label=user.audit_name, clause=CLAUSE_IDENTITY)  # fmt: skip
    return _new_recovery_codes(user)


@operation
def spend_code(*, user: User, code: str, at: datetime) -> str:
    """Take a code from the app or a recovery code; `app`, `recovery`, or empty for a wrong one.

    Either works once: the row is locked, so that of two requests with one code one is refused.
    """
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None or factor.confirmed_at is None:
        return ""
    try:
        secret = open_secret(factor.secret_sealed)
    except UnreadableSecret:
        secret = ""
    step = matching_step(secret, _digits(code), at, after=factor.last_step) if secret else None
    if step is not None:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return "app"
    spent = RecoveryCode.objects.filter(
        user=user, digest=recovery_digest(user, code), used_at__isnull=True
    ).update(used_at=at)
    return "recovery" if spent else ""


@operation
def renew_recovery_codes(*, user: User, code: str, by: Actor, at: datetime) -> list[str]:
    """Ten new codes; the old ones are void. Needs a code, so that an open screen is not enough."""
    if not spend_code(user=user, code=code, at=at):
        raise MissingInput("code", WRONG_CODE, CLAUSE_IDENTITY)
    record(by=by, at=at, action="second_factor.renew_recovery_codes", object_type="user",
           object_key=user.pk, object_label=user.audit_name)  # fmt: skip
    return _new_recovery_codes(user)


@operation
def give_up_second_factor(*, user: User, code: str, by: Actor, at: datetime) -> None:
    """One who took it on freely ends it again; who must have it cannot."""
    if second_factor_is_forced(user):
        raise TransitionRefused("您的岗位必须使用动态口令，不能停用", CLAUSE_IDENTITY)
    if not spend_code(user=user, code=code, at=at):
        raise MissingInput("code", WRONG_CODE, CLAUSE_IDENTITY)
    _forget(user)
    record(by=by, at=at, action="second_factor.give_up", object_type="user", object_key=user.pk,
           object_label=user.audit_name)  # fmt: skip


@operation
def reset_second_factor(*, user: User, by: Actor, at: datetime) -> User:
    """An administrator takes it away (a lost phone); all sessions end, the next sign-in enrols anew."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if by.audit_id == locked.pk:
        raise TransitionRefused("不能重置自己的动态口令，请由另一名管理员办理", CLAUSE_IDENTITY)
    if not SecondFactor.objects.filter(user=locked).exists():
        raise TransitionRefused("该账号没有启用动态口令")
    _forget(locked)
    end_sessions(locked)
    locked.save(update_fields=["session_epoch"])
    record(by=by, at=at, action="second_factor.reset", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name, clause=CLAUSE_IDENTITY)  # fmt: skip
    return locked


def recovery_digest(user: User, code: str) -> str:
    """Of the code as typed: case, spaces and hyphens do not matter."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return keyed_digest(f"{user.pk}:{plain}")


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, digest=recovery_digest(user, code)) for code in codes]
    )
    return codes


def _recovery_code() -> str:
    """Ten of 31 signs, some 49 bits, in two groups."""
    signs = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"


def _digits(code: str) -> str:
    """Six digits however they were grouped; anything else matches nothing."""
    plain = "".join(code.split())
    return plain if plain.isascii() and plain.isdecimal() else ""


def _forget(user: User) -> None:
    RecoveryCode.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).delete()
