"""督导检查 of the demonstration: planned, unannounced, to mend, to judge, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.operations import operation
from core.paper.press import one_press
from core.workdays.deadlines import shanghai_day
from monitoring.models import SiteInspection
from monitoring.operations.inspections.feed_back import feed_back_inspection
from monitoring.operations.inspections.plan import InspectionTask, plan_inspections
from monitoring.operations.inspections.rectify import answer_inspection, judge_inspection
from monitoring.operations.inspections.visit import record_visit
from monitoring.queries.site_inspections import items_of, to_mend
from monitoring.rules.inspection import Found
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of

NAMES = ("hospital", "manufacturer", "distributor", "county", "city", "province")
AT_HOSPITAL = {
    2: ("两个中选产品执行后一直没有采购，科室仍在使用非中选产品。", "组织药事会研究，一个月内完成进院采购。"),
    5: ("抽查 12 张配送单，3 张到货一周后才在平台确认。", "明确收货岗位和时限，到货三日内确认。"),
}  # fmt: skip
AT_CARRIER = {
    2: ("偏远县区订单由两家网点转运，常超过规定时限。", "调整线路，增加直送班次。"),
}
AT_MAKER = {
    3: ("库存只够半个月用量，没有书面供应保障方案。", "补足库存并报送供应保障方案。"),
}


@operation
def create_demo_inspections(*, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if SiteInspection.objects.exists():
        return False
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=NAMES)}
    if len(people) < len(NAMES):
        return False
    with one_press():
        _Story(people, at).tell()
    return True


class _Story:
    def __init__(self, people: Mapping[str, User], at: datetime) -> None:
        self.people, self.at = people, at

    def tell(self) -> None:
        hospital = self.people["hospital"].organisation
        self._plan("county", hospital, "季度督导：中选产品使用和收货确认。", 1, 4)
        self._plan("city", hospital, "诉求集中反映，随机抽查。", 1, 6, announced=False)
        self._fed_back("county", hospital, "上季度采购进度落后，现场核实。", 9, AT_HOSPITAL)
        row = self._fed_back(
            "province", self.people["distributor"].organisation, "及时率下降，实地核查配送能力。", 12,
            AT_CARRIER,
        )  # fmt: skip
        self._answer("distributor", row, "已增设两条直送线路，近一周全部按时送达。", 2)
        row = self._fed_back(
            "province", self.people["manufacturer"].organisation, "多家机构反映缺货，核查产能库存。",
            30, AT_MAKER,
        )  # fmt: skip
        row = self._answer("manufacturer", row, "库存已补足两个月用量，供应保障方案附后。", 22)
        judge_inspection(
            inspection=row, verdicts=dict.fromkeys(AT_MAKER, True),
            note="经核实，库存和方案属实。", **self._acting("province", 20),
        )  # fmt: skip

    def _plan(
        self, office: str, subject: Organisation, matter: str, ago: int, ahead: int,
        announced: bool = True,
    ) -> SiteInspection:  # fmt: skip
        day = shanghai_day(self.at) + timedelta(days=ahead - ago)
        task = InspectionTask(
            name=matter.partition("：")[0].partition("，")[0], subjects=[subject], matter=matter,
            inspectors="王敏、李强", announced=announced,
            planned_on=day,
        )  # fmt: skip
        (row,) = plan_inspections(task=task, **self._acting(office, ago))
        return row

    def _fed_back(
        self,
        office: str,
        subject: Organisation,
        matter: str,
        ago: int,
        problems: Mapping[int, tuple[str, str]],
    ) -> SiteInspection:
        row = self._plan(office, subject, matter, ago + 4, 2)
        found = {
            each.seq: Found("problem", *problems[each.seq]) if each.seq in problems else Found("ok")
            for each in items_of(row)
        }
        row = record_visit(
            inspection=row, visited_on=row.planned_on, present="分管负责人、业务科室负责人",
            visit_note="查阅台账、系统记录并现场核对。", found=found,
            **self._acting(office, ago + 1),
        )  # fmt: skip
        return feed_back_inspection(
            inspection=row, conclusion="总体执行情况较好，列出的问题须逐项整改。",
            **self._acting(office, ago),
        )  # fmt: skip

    def _answer(self, name: str, row: SiteInspection, words: str, ago: int) -> SiteInspection:
        answers = {each.seq: words for each in to_mend(row)}
        return answer_inspection(inspection=row, answers=answers, **self._acting(name, ago))

    def _acting(self, name: str, ago: int) -> dict[str, Any]:
        user = self.people[name]
        scope = scope_of(user, shanghai_day(self.at))
        return {"by": user, "scope": scope, "at": self.at - timedelta(days=ago)}
