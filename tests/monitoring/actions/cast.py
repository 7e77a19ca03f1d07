"""甲医院 and 乙医院 of one county, suppliers, the three bureaus over them, a health commission, a stranger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from core.workdays.deadlines import SHANGHAI, shanghai_day
from monitoring.models import SupervisionAction, Warning
from monitoring.operations.actions.propose import NewAction, propose_action
from monitoring.operations.actions.take import Taking, take_action
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from tests.factories import organisations as people
from tests.factories import stages

NOW = datetime(2026, 3, 10, 10, tzinfo=SHANGHAI)


class Cast:
    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.hospital = people.organisation(name="甲医院", region=county)
        self.neighbour = people.organisation(name="乙医院", region=county)
        self.maker = people.organisation("enterprise", name="中选企业")
        self.other = people.organisation("enterprise", name="别家企业")
        self.county = people.organisation("bureau", region=county)
        self.city = people.organisation("bureau", region=county.parent)
        self.province = people.organisation("bureau", region=county.parent.parent)
        self.health = people.organisation("health_commission", region=county.parent)
        self.discipline = people.organisation("discipline", region=county.parent)
        self.stranger = people.organisation("bureau")
        self.users: dict[int, User] = {}

    def acting(self, of: Organisation, at: datetime = NOW) -> dict[str, Any]:
        if of.pk not in self.users:
            made = people.person(of, "clerk")
            self.users[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        user = self.users[of.pk]
        return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}

    def warning(self, of: Organisation | None = None, **fields: Any) -> Warning:
        """Open, to be answered by 9 March 2026."""
        values: dict[str, Any] = {"answer_due_on": date(2026, 3, 9), "clause": "赣2024 五"}
        return stages.warning(of or self.hospital, **values | fields)

    def propose(
        self,
        office: Organisation,
        kind: str,
        subject: Organisation,
        at: datetime = NOW,
        **more: Any,
    ) -> SupervisionAction:
        new = NewAction(
            kind=kind, subject=subject, matter="未完成约定采购量", demand="限期整改", **more
        )
        return propose_action(new=new, **self.acting(office, at))

    def take(
        self, office: Organisation, action: SupervisionAction, at: datetime = NOW, **more: Any
    ) -> SupervisionAction:
        values: dict[str, Any] = {
            "kind": action.kind,
            "matter": action.matter,
            "demand": action.demand,
        }
        return take_action(action=action, taking=Taking(**values | more), **self.acting(office, at))

    def meeting(self, at: datetime = NOW) -> dict[str, Any]:
        return {"meeting_at": at + timedelta(days=2), "meeting_place": "三楼会议室"}
