"""An officer drafts an action: of a warning, of a complaint, as the next step of another, or of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from catalog.models import Product
from complaints.models import Complaint
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import ActionWarning, SupervisionAction, Warning
from monitoring.operations.actions.telling import OBJECT_TYPE, ask_offices
from monitoring.queries.action_figures import figure_words
from monitoring.queries.actions import may_propose, region_chain
from monitoring.states.action_kinds import CLAUSE, INSTITUTION, KINDS, fits, side_of
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

MOST_WARNINGS = 200


@dataclass(frozen=True)
class NewAction:
    """What an officer says of an action that is not taken yet."""

    kind: str
    subject: Organisation
    matter: str
    demand: str = ""
    warnings: Sequence[Warning] = ()
    complaint: Complaint | None = None
    product: Product | None = None
    former: SupervisionAction | None = None


@operation
def propose_action(*, new: NewAction, by: User, scope: Scope, at: datetime) -> SupervisionAction:
    """Draft it in the office's name; nobody but bureaus sees it until it is taken.

    All of `new` was found among what the officer sees. Raises NotYours, MissingInput,
    TransitionRefused where the former step has ended or has its next step already.
    """
    if not may_propose(scope):
        raise NotYours("监管措施由医保局经办、审核或负责人提出", CLAUSE)
    side = side_of(new.subject.kind)
    if not side:
        raise MissingInput("subject", "监管措施只对医疗机构和企业作出", CLAUSE)
    said = fits(new.kind, side=side, level=scope.region_level)
    if not said:
        raise MissingInput("kind", said.reason, said.clause)
    if not new.matter.strip():
        raise MissingInput("matter", "请填写事由：什么问题、依据什么数据", CLAUSE)
    if len(new.warnings) > MOST_WARNINGS:
        raise MissingInput("warnings", f"一次最多关联 {MOST_WARNINGS} 条预警", CLAUSE)
    for warning in new.warnings:
        if new.subject.pk not in (warning.institution_id, warning.enterprise_id):
            raise MissingInput(
                "warnings", f"预警 {warning.warning_no} 的对象不是{new.subject.name}", CLAUSE
            )
    _check_complaint(new)
    former = _former_of(new)
    rule = _rule_of(new)
    made = SupervisionAction.objects.create(
        action_no=next_number(at), kind=new.kind, level=scope.region_level,
        office_id=scope.organisation_id, subject=new.subject, rule=rule, matter=new.matter.strip(),
        demand=new.demand.strip(), figure=figure_words(new.warnings),
        clause=_clause(new), complaint=new.complaint, product=new.product, former=former,
        proposed_at=at, proposed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name, **stamps_of(new.subject, side, by.organisation),
    )  # fmt: skip
    ActionWarning.objects.bulk_create(
        [ActionWarning(action=made, warning=warning) for warning in new.warnings]
    )
    record(
        by=by, at=at, action="supervision_action.propose", object_type=OBJECT_TYPE,
        object_key=made.pk, object_label=str(made), clause=made.clause,
        detail={"kind": made.kind, "subject": new.subject.code,
                "warnings": [warning.warning_no for warning in new.warnings],
                "complaint": str(new.complaint or ""), "former": str(former or "")},
    )  # fmt: skip
    ask_offices(office_ids=[made.office_id], at=at)
    return made


def _rule_of(new: NewAction) -> str:
    """The rule that all its warnings break, if it is one; a subject has one draft of each."""
    rules = {warning.rule for warning in new.warnings}
    if not rules and new.former is not None:
        rules = {new.former.rule}
    rule = rules.pop() if len(rules) == 1 else ""
    if rule:
        drafted = SupervisionAction.objects.filter(
            subject=new.subject, rule=rule, state="proposed"
        ).first()
        if drafted is not None:
            raise TransitionRefused(
                f"{new.subject.name}同一事项已有拟办措施 {drafted.action_no}，请在该项上作出或不予采取",
                CLAUSE,
            )
    return rule


def _check_complaint(new: NewAction) -> None:
    of = new.complaint
    if of is None:
        return
    parties = (of.institution_id, of.manufacturer_id, of.distributor_id)
    if new.subject.pk not in parties:
        raise MissingInput("complaint", f"诉求 {of.complaint_no} 不涉及{new.subject.name}", CLAUSE)


def _former_of(new: NewAction) -> SupervisionAction | None:
    if new.former is None:
        return None
    former = SupervisionAction.objects.select_for_update(of=("self",)).get(pk=new.former.pk)
    if former.subject_id != new.subject.pk:
        raise MissingInput("former", "上一步措施的对象不是同一单位", CLAUSE)
    if former.state not in ("issued", "answered", "returned"):
        raise TransitionRefused(
            f"上一步{former.get_state_display()}，不能升级；仍有问题的请另行提出", CLAUSE
        )
    if former.later.exclude(state__in=("dismissed", "withdrawn")).exists():
        raise TransitionRefused("上一步已经有后续措施，请在后续措施上办理", CLAUSE)
    return former


def _clause(new: NewAction) -> str:
    """The clause of the kind, and those of the warnings that it rests on."""
    clauses = [KINDS[new.kind].clause, *(warning.clause for warning in new.warnings)]
    return "；".join(dict.fromkeys(each for each in clauses if each))[:200]


def stamps_of(subject: Organisation, side: str, office: Organisation) -> dict[str, int | None]:
    """The institution's own regions; of an enterprise those of the office."""
    if side == INSTITUTION:
        return {
            "institution_id": subject.pk, "enterprise_id": None, "pool_id": subject.pool_id,
            **region_chain(subject.region),
        }  # fmt: skip
    return {
        "institution_id": None, "enterprise_id": subject.pk, "pool_id": None,
        **region_chain(office.region),
    }  # fmt: skip


def next_number(at: datetime) -> str:
    """JG202611-000012."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_action_no')")
        return f"JG{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:06d}"
