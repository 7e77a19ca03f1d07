"""监管措施: kinds, ladders, and what each kind asks for (rules.md, 'Escalation'; 赣2024 三、五、六、十一; 鲁 三(五))."""

from __future__ import annotations

from dataclasses import dataclass

from core.transitions import ALLOWED, Verdict

CLAUSE = "赣医保字〔2024〕22号 三、十一"
SUPPLY_CLAUSE = "赣医保字〔2024〕22号 三"
USE_CLAUSE = "赣医保字〔2024〕22号 十一"
SCORE_CLAUSE = "赣医保字〔2024〕22号 六"
JOINT_CLAUSE = "赣医保字〔2024〕22号 五"
RECTIFICATION_DAYS = "rectification_workdays"

INSTITUTION, ENTERPRISE = "institution", "enterprise"


@dataclass(frozen=True)
class Kind:
    """One kind of action.

    `of` names whom it may be taken against. `answered`: the letter asks for an answer by a date;
    others are ended by the office. `meets`: time and place of a meeting are named and minutes kept.
    `invites`: the kind of organisation that has to be invited. `standing`: the dated mark that it
    writes on the organisation. `province_only`: no city or county takes it.
    """

    label: str
    of: frozenset[str]
    clause: str
    answered: bool = True
    meets: bool = False
    invites: str = ""
    standing: str = ""
    province_only: bool = False


BOTH = frozenset({INSTITUTION, ENTERPRISE})
OF_INSTITUTIONS = frozenset({INSTITUTION})
OF_ENTERPRISES = frozenset({ENTERPRISE})

KINDS: dict[str, Kind] = {
    "remind": Kind("提醒", OF_ENTERPRISES, SUPPLY_CLAUSE),
    "educate": Kind("提醒教育", OF_INSTITUTIONS, USE_CLAUSE),
    "interview": Kind("约谈", BOTH, CLAUSE, meets=True),
    "admonish": Kind("告诫", OF_ENTERPRISES, SUPPLY_CLAUSE, meets=True),
    "supervise": Kind("督导", BOTH, "赣医保字〔2024〕22号 四", meets=True),
    "bulletin": Kind("通报", BOTH, CLAUSE),
    "caution": Kind("警示", OF_ENTERPRISES, SUPPLY_CLAUSE, province_only=True),
    "joint_interview": Kind(
        "联合约谈", OF_INSTITUTIONS, JOINT_CLAUSE, meets=True, invites="health_commission"
    ),
    "transfer": Kind(
        "移交线索", BOTH, USE_CLAUSE, answered=False, invites="discipline"
    ),
    "report_risk": Kind(
        "报量风险提示", OF_ENTERPRISES, SCORE_CLAUSE, answered=False, standing="report_risk",
        province_only=True,
    ),
    "reduce_quantity": Kind(
        "减少约定采购量", OF_ENTERPRISES, SCORE_CLAUSE, answered=False,
        standing="reduced_quantity", province_only=True,
    ),
    "credit": Kind("信用评价", OF_ENTERPRISES, SUPPLY_CLAUSE, province_only=True),
    "suspend_settlement": Kind(
        "暂停直接结算", OF_ENTERPRISES, SUPPLY_CLAUSE, answered=False,
        standing="settlement_suspended", province_only=True,
    ),
    "document_penalty": Kind("按采购文件惩戒", OF_ENTERPRISES, SUPPLY_CLAUSE, province_only=True),
}  # fmt: skip

LADDERS: dict[str, tuple[str, ...]] = {
    INSTITUTION: ("educate", "interview", "bulletin", "joint_interview", "transfer"),
    ENTERPRISE: (
        "remind", "interview", "admonish", "bulletin", "caution", "credit", "document_penalty",
    ),
}  # fmt: skip
"""Behind the warning itself, which is an institution's first step (预警提示)."""
ALTERNATIVES = {"credit": "suspend_settlement"}
"""The ladder names 信用评价 / 暂停直接结算 as one step: proposed as the former, either may be taken."""

STRAIGHT_TO = {("late_delivery", "red"): "interview"}
"""赣2024 三: on_time_rate under its limit in several quarters in a row is 约谈、警示 at once."""

OFFICERS = ("clerk", "reviewer", "leader")
LEADING = ("reviewer", "leader")


def side_of(organisation_kind: str) -> str:
    """Which ladder an organisation is on; empty for those that no action is taken against."""
    return organisation_kind if organisation_kind in LADDERS else ""


def first_step(side: str, rule: str = "", severity: str = "") -> str:
    """The step that follows an unanswered warning."""
    straight = STRAIGHT_TO.get((rule, severity))
    return straight if straight in LADDERS[side] else LADDERS[side][0]


def next_step(side: str, kind: str) -> str:
    """What follows a step whose rectification failed; empty at the top, or off the ladder."""
    ladder = LADDERS[side]
    kind = next((step for step, other in ALTERNATIVES.items() if other == kind), kind)
    if kind not in ladder:
        # 督导 stands beside the ladder, where a 约谈 stands on it.
        kind = "interview" if kind == "supervise" else ""
    at = ladder.index(kind) + 1 if kind else len(ladder)
    return ladder[at] if at < len(ladder) else ""


def fits(kind: str, *, side: str, level: str) -> Verdict:
    """May an office of this level take this kind against this side?"""
    of = KINDS[kind]
    if side not in of.of:
        whom = "医疗机构" if INSTITUTION in of.of else "企业"
        return Verdict(False, f"“{of.label}”只对{whom}作出，请换一种措施", of.clause)
    if of.province_only and level != "province":
        return Verdict(False, f"“{of.label}”由省级医保局作出，请上报省级", of.clause)
    return ALLOWED
