"""A person says where to be reached, shows that the address is the own one, and chooses what to get."""

from __future__ import annotations

import secrets
from datetime import datetime, time

from django.utils.crypto import constant_time_compare, salted_hmac

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, Refusal, TransitionRefused
from inbox.messages import code_message
from inbox.models import ContactPoint, DeliveryAttempt, QuietHours
from inbox.operations.gateways import GatewayProblem, gateway_for, is_offered
from inbox.rules import CODE_EVERY, CODE_LASTS, MOST_CODE_TRIES
from organisations.models import User

CODE_CATEGORY = "code"


class NotSent(Refusal):
    """The gateway did not take the code (503)."""

    status = 503


def ask_for_code(*, channel: str, address: str, by: User, at: datetime) -> None:
    """Keep the address as not yet verified and send a code to it, in the person's own request.

    The address is written first and the gateway is called outside of any transaction. Raises
    MissingInput, TransitionRefused (too soon) or NotSent with what to do.
    """
    if not is_offered(channel):
        raise MissingInput("address", "该渠道没有开通")
    code = f"{secrets.randbelow(1_000_000):06d}"
    _keep(channel=channel, address=address, code=code, by=by, at=at)
    problem = ""
    try:
        gateway_for(channel).send(address, code_message(code))
    except GatewayProblem as failed:
        problem = failed.reason
    _note_code(channel=channel, problem=problem, by=by, at=at)
    if problem:
        raise NotSent(f"验证码没有发出：{problem}。请核对地址，一分钟后再试，或联系系统管理员")


@operation
def _keep(*, channel: str, address: str, code: str, by: User, at: datetime) -> None:
    point = ContactPoint.objects.select_for_update().filter(user=by, channel=channel).first()
    if point is not None and point.code_sent_at and at - point.code_sent_at < CODE_EVERY:
        raise TransitionRefused("验证码一分钟内只能发送一次，请稍后再试")
    point = point or ContactPoint(user=by, channel=channel)
    point.address, point.verified_at = address, None
    point.code_hash, point.code_sent_at, point.code_tries = _hash(by, channel, address, code), at, 0
    point.save()
    _tell("contact_point.ask_code", channel, by, at)


@operation
def _note_code(*, channel: str, problem: str, by: User, at: datetime) -> None:
    outcome = DeliveryAttempt.Outcome.FAILED if problem else DeliveryAttempt.Outcome.SENT
    DeliveryAttempt.objects.create(
        user=by, organisation_id=by.organisation_id, channel=channel, category=CODE_CATEGORY,
        outcome=outcome, reason=problem, at=at,
    )  # fmt: skip


def confirm_code(*, channel: str, code: str, by: User, at: datetime) -> None:
    """The code that came to the address makes it usable. Raises MissingInput (code)."""
    reason = _tried(channel=channel, code=code, by=by, at=at)
    if reason:
        raise MissingInput("code", reason)


@operation
def _tried(*, channel: str, code: str, by: User, at: datetime) -> str:
    """Why not, or nothing; a wrong try is counted, so it must be committed too."""
    point = ContactPoint.objects.select_for_update().filter(user=by, channel=channel).first()
    if point is None or not point.code_hash or point.code_sent_at is None:
        return "请先发送验证码"
    if at - point.code_sent_at > CODE_LASTS or point.code_tries >= MOST_CODE_TRIES:
        return "验证码已失效，请重新发送"
    if not constant_time_compare(point.code_hash, _hash(by, channel, point.address, code)):
        point.code_tries += 1
        point.save(update_fields=["code_tries"])
        return "验证码不正确"
    point.verified_at, point.code_hash = at, ""
    point.save(update_fields=["verified_at", "code_hash"])
    _tell("contact_point.verify", channel, by, at)
    return ""


@operation
def choose_wanted(*, channel: str, wanted: str, by: User, at: datetime) -> None:
    """Everything, what is urgent, or nothing by this channel."""
    point = _own(channel, by)
    point.wanted = wanted
    point.save(update_fields=["wanted"])
    _tell("contact_point.choose", channel, by, at, wanted)


@operation
def forget_address(*, channel: str, by: User, at: datetime) -> None:
    """The address is wiped; the log of what was sent has none."""
    point = _own(channel, by)
    point.address, point.verified_at, point.code_hash = "", None, ""
    point.save(update_fields=["address", "verified_at", "code_hash"])
    _tell("contact_point.forget", channel, by, at)


@operation
def set_quiet_hours(*, is_on: bool, starts: time, ends: time, by: User, at: datetime) -> None:
    """When to leave the person alone; urgent notices pass."""
    QuietHours.objects.update_or_create(
        user=by, defaults={"is_on": is_on, "starts": starts, "ends": ends}
    )
    words = f"{starts:%H:%M}—{ends:%H:%M}" if is_on else "不启用"
    _tell("contact_point.quiet_hours", "", by, at, words)


def _own(channel: str, by: User) -> ContactPoint:
    point = ContactPoint.objects.select_for_update().filter(user=by, channel=channel).first()
    if point is None:
        raise TransitionRefused("该渠道还没有填写地址")
    return point


def _hash(by: User, channel: str, address: str, code: str) -> str:
    text = f"{by.pk}:{channel}:{address}:{code}"
    return salted_hmac("inbox.contact_point", text, algorithm="sha256").hexdigest()


def _tell(action: str, channel: str, by: User, at: datetime, chosen: str = "") -> None:
    """Without the address, which is the person's own."""
    record(
        by=by, at=at, action=action, object_type="user", object_key=by.pk,
        object_label=by.audit_name, detail={"channel": channel, "chosen": chosen},
    )  # fmt: skip
