"""通报: kinds, states of a bulletin, of an objection to a line, and of a recipient's receipt."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict

CLAUSE = "赣医保字〔2024〕22号 五"
ENTERPRISE_CLAUSE = "赣医保字〔2024〕22号 三"
JOINT_CLAUSE = "赣医保发〔2026〕4号 使用"


class BulletinKind(models.TextChoices):
    MONTHLY = "monthly", "月度执行情况通报"
    ENTERPRISE = "enterprise", "季度企业配送通报"
    QUARTERLY = "quarterly", "季度执行情况通报"
    YEARLY = "yearly", "年度考核通报"
    OWN = "own", "市级执行情况通报"


MONTHS_OF = {"monthly": 1, "enterprise": 3, "quarterly": 3, "yearly": 12, "own": 1}
"""How many months one bulletin of the kind is of."""


class BulletinState(models.TextChoices):
    DRAFT = "draft", "起草"
    CHECKING = "checking", "数据核对期"
    REVIEW = "review", "待审核"
    COUNTERSIGN = "countersign", "待会签"
    READY = "ready", "待印发"
    ISSUED = "issued", "已印发"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤销"


ISSUED_STATES = frozenset({"issued", "closed"})
OPEN_STATES = frozenset({"draft", "checking", "review", "countersign", "ready"})
NAMED_STATES = frozenset({"checking", "review", "countersign", "ready"})
"""Where a named party sees its own lines of a bulletin that is not issued yet."""
LEVELS = {
    "draft": "grey", "checking": "yellow", "review": "blue", "countersign": "blue",
    "ready": "orange", "issued": "blue", "closed": "green", "withdrawn": "grey",
}  # fmt: skip

DRAFTER = "drafter"
REVIEWER = "bulletin_reviewer"
ISSUER = "bulletin_issuer"
COUNTERSIGNER = "countersigner"


def joint(bulletin: Any) -> Verdict:
    """Only what is issued jointly goes to the health commission."""
    if bulletin.is_joint:
        return ALLOWED
    return Verdict(False, "本通报不联合印发，无需会签：请直接审核通过", JOINT_CLAUSE)


def alone(bulletin: Any) -> Verdict:
    if not bulletin.is_joint:
        return ALLOWED
    return Verdict(False, "本通报与卫生健康部门联合印发：审核后请送会签", JOINT_CLAUSE)


def was_checked(bulletin: Any) -> Verdict:
    """Whoever is named had its days to look at its own lines."""
    if bulletin.check_due_on is not None:
        return ALLOWED
    return Verdict(False, "尚未经过数据核对期：请先发起数据核对", CLAUSE)


BULLETIN_MACHINE: StateMachine[Any] = StateMachine(
    name="bulletin",
    label="通报",
    transitions=(
        Transition(
            "edit", "修改文稿", frozenset({"draft", "checking"}), "draft",
            by=frozenset({DRAFTER}), needs=("title", "body"),
        ),
        Transition(
            "check", "发起数据核对", frozenset({"draft"}), "checking",
            by=frozenset({DRAFTER}), clause=CLAUSE,
        ),
        Transition(
            "submit", "提交审核", frozenset({"draft", "checking"}), "review",
            by=frozenset({DRAFTER}), guards=(was_checked,),
        ),
        Transition(
            "return", "退回修改", frozenset({"review", "ready"}), "draft",
            by=frozenset({REVIEWER}), needs=("note",),
        ),
        Transition(
            "approve", "审核通过", frozenset({"review"}), "ready",
            by=frozenset({REVIEWER}), guards=(alone,),
        ),
        Transition(
            "send", "审核通过并送会签", frozenset({"review"}), "countersign",
            by=frozenset({REVIEWER}), guards=(joint,), clause=JOINT_CLAUSE,
        ),
        Transition(
            "countersign", "会签同意", frozenset({"countersign"}), "ready",
            by=frozenset({COUNTERSIGNER}), clause=JOINT_CLAUSE,
        ),
        Transition(
            "refuse", "会签退回", frozenset({"countersign"}), "draft",
            by=frozenset({COUNTERSIGNER}), needs=("note",), clause=JOINT_CLAUSE,
        ),
        Transition(
            "issue", "编号印发", frozenset({"ready"}), "issued",
            by=frozenset({ISSUER}), clause=CLAUSE,
        ),
        Transition("close", "办结", frozenset({"issued"}), "closed", by=frozenset({ISSUER})),
        Transition(
            "withdraw", "撤销文稿", OPEN_STATES, "withdrawn",
            by=frozenset({DRAFTER}), needs=("note",),
        ),
    ),
    state_labels=dict(BulletinState.choices),
    standing_labels={
        DRAFTER: "起草单位的经办人员", REVIEWER: "起草单位的另一名审核或负责人",
        ISSUER: "起草单位的审核或负责人", COUNTERSIGNER: "会签的卫生健康部门",
    },
    input_labels={"title": "标题", "body": "正文", "note": "意见"},
)  # fmt: skip


class ObjectionState(models.TextChoices):
    FILED = "filed", "待裁定"
    UPHELD = "upheld", "异议成立"
    REJECTED = "rejected", "异议不成立"


NAMED_PARTY = "named_party"

OBJECTION_MACHINE: StateMachine[Any] = StateMachine(
    name="bulletin_objection",
    label="通报核对异议",
    transitions=(
        Transition(
            "uphold", "异议成立，从名单中删除", frozenset({"filed"}), "upheld",
            by=frozenset({DRAFTER}), needs=("ruling",), clause=CLAUSE,
        ),
        Transition(
            "reject", "异议不成立", frozenset({"filed"}), "rejected",
            by=frozenset({DRAFTER}), needs=("ruling",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(ObjectionState.choices),
    standing_labels={DRAFTER: "起草单位"},
    input_labels={"ruling": "裁定理由"},
)  # fmt: skip


class ReceiptState(models.TextChoices):
    SENT = "sent", "待签收"
    READ = "read", "已签收"
    ANSWERED = "answered", "已反馈待核实"
    RETURNED = "returned", "退回补充"
    ACCEPTED = "accepted", "整改完成"


RECIPIENT = "recipient"


def is_named(receipt: Any) -> Verdict:
    """Rectification is asked of those whom the bulletin names."""
    if receipt.is_named:
        return ALLOWED
    return Verdict(False, "通报没有点名本单位，签收即可，无需反馈整改")


RECEIPT_MACHINE: StateMachine[Any] = StateMachine(
    name="bulletin_receipt",
    label="通报签收",
    transitions=(
        Transition("read", "签收", frozenset({"sent"}), "read", by=frozenset({RECIPIENT})),
        Transition(
            "answer", "反馈整改情况", frozenset({"read", "returned"}), "answered",
            by=frozenset({RECIPIENT}), needs=("feedback",), guards=(is_named,), clause=CLAUSE,
        ),
        Transition(
            "accept", "整改认可", frozenset({"answered"}), "accepted",
            by=frozenset({DRAFTER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "return", "退回补充", frozenset({"answered"}), "returned",
            by=frozenset({DRAFTER}), needs=("note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(ReceiptState.choices),
    standing_labels={RECIPIENT: "收文单位", DRAFTER: "印发单位"},
    input_labels={"feedback": "整改情况", "note": "核实意见"},
)  # fmt: skip
