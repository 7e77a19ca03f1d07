"""惩戒案件 of the demonstration: one to state, one to decide, one in effect that may be repaired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from catalog.models import Selection
from catalog.queries.in_force import holds_on
from core.operations import operation
from core.paper.press import one_press
from core.workdays.deadlines import shanghai_day
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.decide import Decision, decide_sanction
from monitoring.operations.sanctions.draft import NewSanction, draft_sanction, notify_sanction
from monitoring.operations.sanctions.enact import enact_sanction
from monitoring.operations.sanctions.statement import make_statement
from organisations.models import User
from organisations.queries.scope import scope_of

NAMES = ("province", "province-colleague", "manufacturer", "distributor")


@operation
def create_demo_sanctions(*, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if SanctionCase.objects.exists():
        return False
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=NAMES)}
    if len(people) < len(NAMES):
        return False
    with one_press():
        _Story(people, at).tell()
    return True


class _Story:
    """What is cancelled waits for its decision, so that no figure of the demonstration moves."""

    def __init__(self, people: dict[str, User], at: datetime) -> None:
        self.people, self.at = people, at

    def tell(self) -> None:
        maker = self.people["manufacturer"].organisation
        won = (
            Selection.objects.filter(
                holds_on(shanghai_day(self.at)), product__manufacturer=maker, role="selected"
            )
            .select_related("batch__policy", "product")
            .order_by("batch__code", "product__code")
            .first()
        )
        if won is None:
            return
        row = self._noticed(
            9, "拟取消该产品的中选资格。", kind="cancel", cause="refuse_contract", subject=maker,
            batch=won.batch, product=won.product,
            matter="中选结果执行后，多家医疗机构的三方协议长期未签，经两次催办仍未签署，影响临床用药。",
        )  # fmt: skip
        make_statement(
            case=row, statement="因更换签约人员延误，已安排专人，承诺一周内全部签署，请求从轻处理。",
            **self._acting("manufacturer", 4),
        )  # fmt: skip
        row = self._noticed(
            40, "拟评为失信。", grade="dishonest", kind="credit", cause="supply", subject=maker,
            matter="连续两个季度配送及时率低于 90%，约谈后整改不到位。",
        )  # fmt: skip
        row = make_statement(
            case=row,
            statement="已增设区域仓，请求考虑整改进度。",
            **self._acting("manufacturer", 36),
        )
        day = shanghai_day(self.at) - timedelta(days=30)
        row = decide_sanction(
            case=row, decision=Decision("评为失信，公开披露。", day, grade="dishonest"),
            **self._acting("province", 32),
        )  # fmt: skip
        enact_sanction(
            case_id=row.pk, on=day, by=self.people["province"], at=self.at - timedelta(days=30)
        )
        self._noticed(
            1, "拟按采购文件约定，暂停参加下一批次配送点选。", kind="penalty", cause="supply",
            subject=self.people["distributor"].organisation, batch=won.batch,
            matter="偏远县区订单多次超过配送时限，警示后没有改善。",
        )  # fmt: skip

    def _noticed(self, ago: int, proposal: str, grade: str = "", **fields: Any) -> SanctionCase:
        new = NewSanction(occurred_on=shanghai_day(self.at) - timedelta(days=ago + 20), **fields)
        row = draft_sanction(new=new, **self._acting("province-colleague", ago + 1))
        return notify_sanction(
            case=row,
            proposal=proposal,
            proposed_grade=grade,
            **self._acting("province-colleague", ago),
        )

    def _acting(self, name: str, ago: int) -> dict[str, Any]:
        user = self.people[name]
        return {
            "by": user, "scope": scope_of(user, shanghai_day(self.at)),
            "at": self.at - timedelta(days=ago),
        }  # fmt: skip
