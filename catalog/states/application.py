"""Applications of manufacturers: their kinds, states and the table of their transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict


class ApplicationKind(models.TextChoices):
    NEW_PRODUCT = "new_product", "新增产品"
    RENEWAL = "renewal", "注册证延续（换证）"
    REGISTRATION_CHANGE = "registration_change", "注册证内容变更（证号不变）"
    SPECIFICATION = "specification", "规格包装变更"
    CODE = "code", "医保编码变更"
    WITHDRAWAL = "withdrawal", "撤网"
    PRICE = "price", "价格调整"
    LINKED_PRICE = "linked_price", "联动外省价格"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待受理"
    IN_REVIEW = "in_review", "审核中"
    PUBLICITY = "publicity", "公示中"
    APPROVED = "approved", "已通过，待生效"
    IN_FORCE = "in_force", "已生效"
    RETURNED = "returned", "退回补正"
    REFUSED = "refused", "不予通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ObjectionState(models.TextChoices):
    OPEN = "open", "待裁定"
    UPHELD = "upheld", "成立"
    DISMISSED = "dismissed", "不成立"


LEVELS = {
    "draft": "grey", "submitted": "yellow", "in_review": "blue", "publicity": "blue",
    "approved": "green", "in_force": "green", "returned": "orange", "refused": "red",
    "withdrawn": "grey",
}  # fmt: skip
# Where an office has to act; where the applicant has to; where nobody has to any more.
OFFICE_STATES = ("submitted", "in_review", "publicity")
APPLICANT_STATES = ("draft", "returned")
OPEN_STATES = (*OFFICE_STATES, "approved", "returned")
ENDED_STATES = ("in_force", "refused", "withdrawn")
PUBLIC_STATES = ("publicity", "approved", "in_force")
"""Open to the whole trade: what is published, and what came of it."""

APPLICANT = "applicant"
DESK = "desk"
REVIEWER = "reviewer"
CLOCK = "clock"


def _goes_on(application: Any) -> Verdict:
    if application.level != application.path[-1]:
        return ALLOWED
    return Verdict(False, "本级是最后一级审核，请提交公示或审核通过")


def _ends_here(application: Any) -> Verdict:
    if application.level == application.path[-1]:
        return ALLOWED
    return Verdict(False, "上级尚未审核，请审核通过并转报上级")


def _is_published(application: Any) -> Verdict:
    if application.needs_publicity:
        return ALLOWED
    return Verdict(False, "该类申请不公示，审核通过即可")


def _was_published(application: Any) -> Verdict:
    if application.state == "publicity" or not application.needs_publicity:
        return ALLOWED
    return Verdict(False, "该类申请须先公示，公示期满无异议后通过")


def _has_problem(application: Any) -> Verdict:
    if application.state != "approved" or application.effect_problem:
        return ALLOWED
    return Verdict(False, "申请已通过，将按期生效，不再退回")


def _step(
    verb: str, label: str, sources: set[str], target: str, by: set[str], *needs: str,
    guards: tuple[Any, ...] = (),
) -> Transition:  # fmt: skip
    return Transition(
        verb, label, frozenset(sources), target, by=frozenset(by), needs=needs, guards=guards
    )


APPLICATION_MACHINE: StateMachine[Any] = StateMachine(
    name="product_application",
    label="挂网申请",
    transitions=(
        _step("submit", "提交", {"draft", "returned"}, "submitted", {APPLICANT}),
        _step(
            "withdraw", "撤回", {"draft", "submitted", "in_review", "returned"}, "withdrawn",
            {APPLICANT},
        ),
        _step("accept", "受理", {"submitted"}, "in_review", {DESK, REVIEWER}),
        _step(
            "forward", "审核通过，转报上级", {"in_review"}, "in_review", {REVIEWER},
            guards=(_goes_on,),
        ),
        _step(
            "publish", "审核通过，提交公示", {"in_review"}, "publicity", {REVIEWER},
            "publicity_from", "publicity_to", "effective_on",
            guards=(_ends_here, _is_published),
        ),
        _step(
            "approve", "通过", {"in_review", "publicity"}, "approved", {REVIEWER, CLOCK},
            "effective_on",
            guards=(_ends_here, _was_published),
        ),
        _step(
            "return", "退回补正", {"submitted", "in_review", "publicity", "approved"}, "returned",
            {DESK, REVIEWER}, "opinion", guards=(_has_problem,),
        ),
        _step(
            "refuse", "不予通过", {"in_review", "publicity"}, "refused", {REVIEWER}, "opinion",
        ),
        _step("take_effect", "生效", {"approved"}, "in_force", {CLOCK}),
    ),
    state_labels=dict(ApplicationState.choices),
    standing_labels={
        APPLICANT: "申请企业的经办、审核或负责人",
        DESK: "办理单位的经办",
        REVIEWER: "办理单位的审核或负责人",
        CLOCK: "定时任务",
    },
    input_labels={
        "opinion": "意见", "effective_on": "生效日期", "publicity_from": "公示起始日",
        "publicity_to": "公示截止日",
    },
)  # fmt: skip

OBJECTION_MACHINE: StateMachine[Any] = StateMachine(
    name="application_objection",
    label="公示异议",
    transitions=(
        _step("uphold", "异议成立", {"open"}, "upheld", {REVIEWER}, "ruling"),
        _step("dismiss", "异议不成立", {"open"}, "dismissed", {REVIEWER}, "ruling"),
    ),
    state_labels=dict(ObjectionState.choices),
    standing_labels={REVIEWER: "公示单位的审核或负责人"},
    input_labels={"ruling": "裁定理由"},
)
