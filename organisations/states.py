"""Names of what tokens may do; states of registrations and of changes of an organisation."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

TOKEN_SUBJECTS = {
    "organisations": "机构与人员",
    "inbox": "待办与通知",
    "catalog": "目录、价格与批次",
    "contracts": "协议",
    "volumes": "报量",
    "procurement": "订单、配送与收货",
    "complaints": "诉求",
    "monitoring": "指标与看板",
    "warnings": "预警",
    "policy": "政策参数",
    "settlement": "结算",
    "jobs": "后台任务",
    "changes": "变更与回调",
}

TOKEN_SCOPES = {
    f"{subject}:{verb}": f"{label}（{word}）"
    for subject, label in TOKEN_SUBJECTS.items()
    for verb, word in (("read", "查看"), ("write", "办理"))
}
"""Scope names and their Chinese labels; a token without any scope can do nothing."""


class RegistrationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待受理"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "退回补正"
    ACCEPTED = "accepted", "已通过"
    REFUSED = "refused", "不予通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ChangeState(models.TextChoices):
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回补正"
    ACCEPTED = "accepted", "已通过，待生效"
    IN_FORCE = "in_force", "已生效"
    REFUSED = "refused", "不予通过"
    WITHDRAWN = "withdrawn", "已撤回"


class CertificateState(models.TextChoices):
    ACTIVE = "active", "在用"
    REPLACED = "replaced", "已更换"
    REVOKED = "revoked", "已吊销"


APPLICANT = "applicant"
DESK = "desk"
REVIEWER = "reviewer"
CALENDAR = "calendar"
HOLDER = "holder"
SECURITY = "security"
_WHO = {
    APPLICANT: "申请单位",
    DESK: "受理医保局的经办",
    REVIEWER: "受理医保局的审核",
    CALENDAR: "定时任务",
    HOLDER: "本机构的机构管理员",
    SECURITY: "安全管理员",
}
_INPUTS = {"review_note": "审核意见", "revoked_reason": "吊销原因"}


def _step(
    verb: str, label: str, sources: set[str], target: str, by: set[str], *needs: str
) -> Transition:
    return Transition(verb, label, frozenset(sources), target, by=frozenset(by), needs=needs)


REGISTRATION_MACHINE: StateMachine[Any] = StateMachine(
    name="registration",
    label="注册申请",
    transitions=(
        _step("submit", "提交", {"draft", "returned"}, "submitted", {APPLICANT}),
        _step("withdraw", "撤回", {"draft", "submitted", "returned"}, "withdrawn", {APPLICANT}),
        _step("take", "受理", {"submitted"}, "in_review", {DESK, REVIEWER}),
        _step("accept", "通过", {"in_review"}, "accepted", {REVIEWER}),
        _step("return", "退回补正", {"in_review"}, "returned", {REVIEWER}, "review_note"),
        _step("refuse", "不予通过", {"in_review"}, "refused", {REVIEWER}, "review_note"),
    ),
    state_labels=dict(RegistrationState.choices),
    standing_labels=_WHO,
    input_labels=_INPUTS,
)

CHANGE_MACHINE: StateMachine[Any] = StateMachine(
    name="organisation_change",
    label="变更申请",
    transitions=(
        _step("resubmit", "重新提交", {"returned"}, "submitted", {APPLICANT}),
        _step("withdraw", "撤回", {"submitted", "returned"}, "withdrawn", {APPLICANT}),
        _step("accept", "通过", {"submitted"}, "accepted", {REVIEWER}),
        _step("return", "退回补正", {"submitted"}, "returned", {REVIEWER}, "review_note"),
        _step("refuse", "不予通过", {"submitted"}, "refused", {REVIEWER}, "review_note"),
        _step("take_effect", "生效", {"accepted"}, "in_force", {CALENDAR}),
    ),
    state_labels=dict(ChangeState.choices),
    standing_labels=_WHO,
    input_labels=_INPUTS,
)

CERTIFICATE_MACHINE: StateMachine[Any] = StateMachine(
    name="organisation_certificate",
    label="签名证书",
    transitions=(
        _step("replace", "更换", {"active"}, "replaced", {HOLDER, CALENDAR}),
        _step("revoke", "吊销", {"active", "replaced"}, "revoked", {SECURITY, HOLDER},
              "revoked_reason"),
    ),
    state_labels=dict(CertificateState.choices),
    standing_labels=_WHO,
    input_labels=_INPUTS,
)  # fmt: skip

REGISTRATION_LEVELS = {
    "draft": "grey", "submitted": "orange", "in_review": "blue", "returned": "yellow",
    "accepted": "green", "refused": "grey", "withdrawn": "grey",
}  # fmt: skip
CHANGE_LEVELS = {
    "submitted": "orange", "returned": "yellow", "accepted": "blue", "in_force": "green",
    "refused": "grey", "withdrawn": "grey",
}  # fmt: skip
CERTIFICATE_LEVELS = {"active": "green", "replaced": "grey", "revoked": "red"}
