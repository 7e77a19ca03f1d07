"""Actions of the demonstration: one to answer, one judged, one late with its next step proposed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.audit.record import Actor
from core.operations import operation
from core.paper.press import one_press
from core.workdays.deadlines import shanghai_day
from monitoring.models import SupervisionAction, Warning
from monitoring.operations.actions.answer import answer_action, judge_action
from monitoring.operations.actions.climb import propose_steps
from monitoring.operations.actions.propose import NewAction, propose_action
from monitoring.operations.actions.take import Taking, take_action
from monitoring.queries.actions import invitable
from monitoring.rules import RULES_BY_CODE
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of

NAMES = ("hospital", "manufacturer", "distributor", "county", "city", "province", "health")
DEMAND = "请查明原因，按期整改到位，并通过平台提交整改情况和佐证材料。"


@operation
def create_demo_actions(*, by: Actor, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if SupervisionAction.objects.exists():
        return False
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=NAMES)}
    if not {"hospital", "manufacturer", "distributor", "county", "province"} <= people.keys():
        return False
    with one_press():
        _Story(people, at).tell()
    propose_steps(on=shanghai_day(at), by=by, at=at)
    return True


class _Story:
    """A month of steps of the demo bureaus with the demo hospital and the demo suppliers."""

    def __init__(self, people: dict[str, User], at: datetime) -> None:
        self.people, self.at = people, at
        self.hospital = people["hospital"].organisation
        self.warnings = list(
            Warning.objects.filter(institution=self.hospital).order_by("rule", "pk")[:12]
        )

    def tell(self) -> None:
        by_rule: dict[str, list[Warning]] = {}
        for warning in self.warnings:
            by_rule.setdefault(warning.rule, []).append(warning)
        plans = list(by_rule.items())[:2]
        for (rule, found), (office, kind) in zip(
            plans, (("county", "educate"), ("city", "interview")), strict=False
        ):
            words = f"{RULES_BY_CODE[rule].label}，共 {len(found)} 条预警，需整改。"
            drafted = self._draft(office, kind, self.hospital, words, 3, warnings=found)
            if office == "county":
                self._take(office, drafted, 3)
        self._joint()
        maker, carrier = (
            self.people[name].organisation for name in ("manufacturer", "distributor")
        )
        row = self._draft("province", "remind", maker, "部分产品供应不及时，医疗机构多次反映。", 25)
        row = self._take("province", row, 25, due_in=14)
        row = answer_action(
            action=row, answer="已增加备货，落实专人跟单，积压订单全部发出。",
            **self._acting("manufacturer", 13),
        )  # fmt: skip
        judge_action(
            action=row, verb="accept", note="经核实，积压订单已全部到货。",
            **self._acting("province", 11),
        )  # fmt: skip
        row = self._draft(
            "province", "remind", carrier, "近期配送及时率下降，多张订单超时送达。", 25
        )
        self._take("province", row, 25, due_in=14)
        row = self._draft("province", "remind", maker, "个别产品批号印刷不清晰，需查明整改。", 1)
        self._take("province", row, 1)

    def _joint(self) -> None:
        """By the office beside the demo health commission, where the hospital is in its region."""
        health = self.people.get("health")
        if health is None:
            return
        for name in ("county", "city", "province"):
            user = self.people.get(name)
            if user is None or user.organisation.region_id != health.organisation.region_id:
                continue
            row = self._draft(
                name, "joint_interview", self.hospital, "中选产品使用情况多次提醒后仍未改善。", 2
            )
            self._take(
                name, row, 2, meeting_at=self.at + timedelta(days=2), meeting_place="三楼会议室",
                invited=list(
                    invitable(self._scope(user)).filter(pk=health.organisation_id)
                ),
            )  # fmt: skip

    def _draft(
        self, office: str, kind: str, subject: Organisation, matter: str, days: int,
        warnings: list[Warning] | None = None,
    ) -> SupervisionAction:  # fmt: skip
        new = NewAction(
            kind=kind, subject=subject, matter=matter, demand=DEMAND, warnings=warnings or []
        )
        return propose_action(new=new, **self._acting(office, days))

    def _take(
        self, office: str, row: SupervisionAction, days: int, due_in: int | None = None, **more: Any
    ) -> SupervisionAction:
        at = self.at - timedelta(days=days)
        due = shanghai_day(at) + timedelta(days=due_in) if due_in else None
        taking = Taking(kind=row.kind, matter=row.matter, demand=row.demand, due_on=due, **more)
        return take_action(action=row, taking=taking, **self._acting(office, days))

    def _acting(self, name: str, days: int) -> dict[str, Any]:
        user = self.people[name]
        return {"by": user, "scope": self._scope(user), "at": self.at - timedelta(days=days)}

    def _scope(self, user: User) -> Scope:
        return scope_of(user, shanghai_day(self.at))
