"""进院 checks: when the round begins, who is listed, what closes one, and which reasons do not stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from monitoring.models import EntryCheck
from monitoring.operations.entry_checks import answer_entry, explain_entry, list_entry_checks
from monitoring.rules.entry_check import is_due, month_of_execution
from monitoring.states import FORBIDDEN_REASONS
from organisations.models import Organisation
from organisations.queries.scope import scope_of
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties
from tests.racing import once, raced

CLOCK = SystemActor(audit_name="测试")
SIGNED = datetime(2025, 12, 20, tzinfo=UTC)
MARCH = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "on", "month"),
    [
        ((2026, 1, 1), (2026, 1, 31), 1), ((2026, 1, 31), (2026, 2, 1), 2),
        ((2026, 1, 15), (2026, 3, 1), 3), ((2025, 11, 1), (2026, 1, 1), 3),
    ],
)  # fmt: skip
def test_the_month_of_the_start_is_the_first(
    starts: tuple[int, int, int], on: tuple[int, int, int], month: int
) -> None:
    assert month_of_execution(date(*starts), date(*on)) == month


@pytest.mark.parametrize(
    ("on", "due"),
    [(date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2026, 12, 31), True),
     (date(2027, 1, 1), False), (date(2025, 12, 31), False)],
)  # fmt: skip
def test_the_round_runs_from_the_third_month_to_the_years_end(on: date, due: bool) -> None:
    assert is_due(date(2026, 1, 1), date(2026, 12, 31), 3, on) is due


class Ward:
    """甲 and 乙 with agreements of one product; 乙 leads a consortium with member 丙."""

    def __init__(self, policy: str = "jiangxi-2024") -> None:
        self.county = people.county()
        self.a, self.b, self.c = (
            people.organisation(name=name, region=self.county) for name in ("甲", "乙", "丙")
        )
        people.consortium(self.b, self.c)
        self.maker = people.organisation("enterprise")
        self.carrier = people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
        self.office = people.organisation("bureau", region=self.county)
        self.batch = make.batch(
            policy=Policy.objects.get(code=policy), effective_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
        )  # fmt: skip
        make.agreement_year(
            batch=self.batch, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        self.product = make.product(manufacturer=self.maker)

    def agree(self, of: Organisation, **more: Any) -> None:
        signed = {
            f"{side}_signed_at": SIGNED for side in ("institution", "manufacturer", "distributor")
        }
        stages.agreement_line(
            Parties(of, self.maker, self.carrier), batch=self.batch, product=self.product,
            **signed | more,
        )  # fmt: skip

    def take(self, of: Organisation, packs: int = 1, at: datetime = AT - timedelta(days=9)) -> None:
        parties = Parties(of, self.maker, self.carrier)
        line = stages.order_line(parties, product=self.product)
        stages.receipt(parties, line, accepted_packs=packs, received_at=at)

    def acting(self, of: Organisation, role: str = "clerk") -> dict[str, Any]:
        user = people.person(of, role)
        return {"by": user, "scope": scope_of(user, MARCH), "at": AT}


def listed(on: date = MARCH, at: datetime = AT) -> tuple[int, int]:
    found = list_entry_checks(on=on, by=CLOCK, at=at)
    return found.listed, found.closed


@pytest.fixture
def ward(db: None) -> Ward:
    return Ward()


def test_only_effective_agreements_without_a_receipt_are_listed(ward: Ward) -> None:
    ward.agree(ward.a)
    ward.agree(ward.b)
    ward.agree(people.organisation(region=ward.county), distributor_signed_at=None)
    assert listed(date(2026, 2, 28)) == (0, 0)
    # Refused packs and what came before the year are no first receipt; a member's counts for its lead.
    ward.take(ward.a, packs=0)
    ward.take(ward.a, at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    ward.take(ward.c)
    assert listed() == (1, 0)
    assert [check.institution.name for check in EntryCheck.objects.all()] == ["甲"]
    assert Task.objects.filter(organisation=ward.a, act="explain_entry", done_at=None).count() == 1
    assert Notice.objects.filter(organisation=ward.office).count() == 1
    # Again: nothing more. The first receipt closes it and ends the task.
    assert listed() == (0, 0)
    ward.take(ward.a, at=AT - timedelta(hours=1))
    assert listed() == (0, 1)
    check = EntryCheck.objects.get()
    assert (check.state, check.first_received_at) == ("closed", AT - timedelta(hours=1))
    assert not Task.objects.filter(act="explain_entry", done_at=None).exists()
    assert listed() == (0, 0)


def test_a_policy_without_the_month_has_no_round(db: None) -> None:
    ward = Ward("shaanxi-2024")
    ward.agree(ward.a)
    assert listed() == (0, 0)


def test_reasons_are_given_followed_up_or_sent_back(ward: Ward) -> None:
    ward.agree(ward.a)
    listed()
    check = EntryCheck.objects.get()
    with pytest.raises(MissingInput, match="列表"):
        explain_entry(check=check, reason_code="x", explanation="无", **ward.acting(ward.a))
    with pytest.raises(MissingInput, match="说明"):
        explain_entry(check=check, reason_code="supply", explanation=" ", **ward.acting(ward.a))
    for other in (ward.b, ward.office, ward.maker):
        with pytest.raises(NotYours):
            explain_entry(
                check=check, reason_code="supply", explanation="缺货", **ward.acting(other)
            )
    done = explain_entry(
        check=check, reason_code="supply", explanation="缺货", **ward.acting(ward.a)
    )
    assert done.state == "explained"
    with pytest.raises(StaleVersion):
        answer_entry(
            check=check, verb="follow", follow_up="已催", seen_version=1, **ward.acting(ward.office)
        )
    followed = answer_entry(
        check=check, verb="follow", follow_up="已催", **ward.acting(ward.office)
    )
    assert followed.state == "followed"
    back = answer_entry(
        check=check, verb="return", follow_up="写明时间", **ward.acting(ward.office)
    )
    assert back.state == "waiting"
    assert Task.objects.filter(organisation=ward.a, act="explain_entry", done_at=None).exists()


@pytest.mark.parametrize("reason", sorted(FORBIDDEN_REASONS))
def test_the_four_forbidden_reasons_only_go_back(ward: Ward, reason: str) -> None:
    ward.agree(ward.a)
    listed()
    check = EntryCheck.objects.get()
    explain_entry(check=check, reason_code=reason, explanation="如此", **ward.acting(ward.a))
    with pytest.raises(TransitionRefused, match="不得作为不进院的理由"):
        answer_entry(check=check, verb="follow", follow_up="同意", **ward.acting(ward.office))
    back = answer_entry(check=check, verb="return", follow_up="请采购", **ward.acting(ward.office))
    assert back.state == "waiting"


def test_of_two_at_one_check_one_is_done(fresh_database: str) -> None:
    """Explained, followed up and sent back by two at once; and followed up while it is sent back."""
    ward = Ward()

    def say(words: str) -> partial[EntryCheck]:
        return partial(explain_entry, reason_code="supply", explanation=words)

    def answer(verb: str) -> partial[EntryCheck]:
        return partial(answer_entry, verb=verb, follow_up=f"{verb}：已核实")

    cases = [
        ((say("甲说"), say("乙说")), {"explained"}),
        ((answer("follow"), answer("follow")), {"followed"}),
        ((answer("return"), answer("return")), {"waiting"}),
        ((answer("follow"), answer("return")), {"followed", "waiting"}),
    ]
    hospitals = [people.organisation(region=ward.county) for _ in cases]
    for hospital in hospitals:
        ward.agree(hospital)
    assert listed() == (len(cases), 0)
    for hospital, (acts, ends) in zip(hospitals, cases, strict=True):
        check = EntryCheck.objects.get(institution=hospital)
        who = hospital
        if ends != {"explained"}:
            check = say("缺货")(check=check, **ward.acting(hospital))
            who = ward.office
        seen, before = check.row_version, _steps(check)
        told = raced(
            *(partial(act, check=check, seen_version=seen, **ward.acting(who)) for act in acts)
        )
        assert once(told), (ends, told)
        check.refresh_from_db()
        assert (check.state in ends, check.row_version) == (True, seen + 1), ends
        assert _steps(check) == before + 1
        asked = Task.objects.filter(organisation=hospital, act="explain_entry", done_at=None)
        assert asked.exists() == (check.state == "waiting"), ends


def _steps(check: EntryCheck) -> int:
    """What the trail holds of people's steps on it."""
    return AuditEvent.objects.filter(object_type="entry_check", object_key=str(check.pk)).count()
