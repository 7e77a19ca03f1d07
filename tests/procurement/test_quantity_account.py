"""The quantity account against a plain model on random histories, and against completion_rate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import AgreementLine
from monitoring.indicators.cut import day_start
from monitoring.models import IndicatorValue
from organisations.models import Organisation
from organisations.queries.scope import Scope, scope_of
from procurement.queries.quantity_account import (
    MEASURES,
    Account,
    account_entries,
    accounts,
    visible_accounts,
)
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties
from tests.monitoring.indicators.conftest import sample_march  # noqa: F401 - a fixture

D = Decimal
START = datetime(2026, 1, 1, 2, tzinfo=UTC)
SIGNED = datetime(2025, 12, 20, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
PACK = 10


class Year:
    """甲医院 and its consortium's member 乙 with one selected product of packs of ten."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.lead = people.organisation(name="甲医院", region=county)
        self.member = people.organisation(name="乙卫生院", region=county)
        self.maker = people.organisation("enterprise", region=county)
        self.carrier, self.other = (
            people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
            for _ in range(2)
        )
        self.bureau = people.organisation("bureau", region=county)
        self.batch = make.batch(effective_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        make.agreement_year(
            batch=self.batch, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        self.product = make.product(manufacturer=self.maker, base_units_per_pack=PACK)
        make.selection(
            batch=self.batch, product=self.product, region=county.parent.parent, role="selected"
        )
        people.consortium(self.lead, self.member)

    def agree(
        self, of: Organisation, qty: int, carrier: Organisation | None = None
    ) -> AgreementLine:
        return stages.agreement_line(
            Parties(of, self.maker, carrier or self.carrier), batch=self.batch,
            product=self.product, agreed_qty=qty, institution_signed_at=SIGNED,
            manufacturer_signed_at=SIGNED, distributor_signed_at=SIGNED,
        )  # fmt: skip

    def line(self, of: Organisation, packs: int, day: int, **more: Any) -> Any:
        parties = Parties(of, self.maker, more.pop("carrier", self.carrier))
        at = START + timedelta(days=day)
        order = stages.order(parties, sent_at=at)
        return stages.order_line(
            parties, order=order, product=self.product, batch=self.batch, packs=packs,
            ordered_at=at, **more,
        )  # fmt: skip

    def take(self, of: Organisation, line: Any, packs: int, day: int, refused: int = 0) -> None:
        parties = Parties(of, self.maker, line.distributor)
        sent = stages.delivery(parties, line, packs=packs + refused, recorded_at=line.ordered_at)
        stages.receipt(
            parties, line, delivery_id=sent.pk, accepted_packs=packs, refused_packs=refused,
            received_at=START + timedelta(days=day),
        )  # fmt: skip

    def scope(self, of: Organisation) -> Scope:
        return scope_of(people.person(of, "clerk"), date(2026, 6, 1))

    def seen(self, of: Organisation) -> list[Account]:
        scope = self.scope(of)
        return accounts(scope, visible_accounts(scope, NOW).order_by("pk"), NOW)


@pytest.fixture
def year(db: None) -> Year:
    return Year()


def figures(account: Account) -> dict[str, int]:
    return {name: int(getattr(account, name)) for name in (*MEASURES, "remaining")}


def test_each_measure_of_one_history(year: Year) -> None:
    year.agree(year.lead, 1000)
    open_line = year.line(year.lead, 20, day=10)
    year.take(year.lead, open_line, 12, day=12)
    year.line(year.lead, 5, day=11, cancelled_at=START + timedelta(days=11, hours=1))
    year.line(year.lead, 7, day=11, response="rejected", responded_at=START + timedelta(days=12))
    stages.returned(
        Parties(year.lead, year.maker, year.carrier), open_line, packs=2,
        returned_at=START + timedelta(days=20),
    )  # fmt: skip
    # Before the year and after now: neither counts.
    year.line(year.lead, 50, day=-5)
    year.line(year.lead, 50, day=300)
    [account] = year.seen(year.lead)
    assert figures(account) == {
        "agreed": 1000, "ordered": 320, "released": 120, "outstanding": 80, "accepted": 100,
        "adjusted": 0, "remaining": 820,
    }  # fmt: skip
    # Every figure opens to its lines, and they sum to it.
    entries = account_entries(year.scope(year.lead), account.line, NOW)
    sums = {
        name: sum((e.quantity for e in entries if e.measure == name), D(0)) for name in MEASURES
    }
    assert sums == {name: getattr(account, name) for name in MEASURES}
    assert account.time_progress == D(152) / 365


def test_an_unsigned_agreement_is_no_account(year: Year) -> None:
    line = year.agree(year.lead, 1000)
    AgreementLine.objects.filter(pk=line.pk).update(distributor_signed_at=None)
    assert year.seen(year.lead) == []


def test_a_member_without_an_agreement_draws_on_its_leads(year: Year) -> None:
    year.agree(year.lead, 1000)
    year.take(year.member, year.line(year.member, 9, day=3), 9, day=4)
    [account] = year.seen(year.lead)
    assert (account.accepted, account.ordered) == (90, 90)
    year.agree(year.member, 200)
    lead, member = year.seen(year.lead)
    assert (lead.accepted, member.accepted) == (0, 90)


def test_each_side_sums_what_it_may_see(year: Year) -> None:
    year.agree(year.lead, 1000)
    year.agree(year.lead, 500, carrier=year.other)
    year.take(year.lead, year.line(year.lead, 4, day=3), 4, day=4)
    year.take(year.lead, year.line(year.lead, 6, day=3, carrier=year.other), 6, day=4)
    whole = {"agreed": 1500, "ordered": 100, "released": 0, "outstanding": 0, "accepted": 100,
             "adjusted": 0, "remaining": 1400}  # fmt: skip
    for party in (year.lead, year.maker, year.bureau):
        assert [figures(each) for each in year.seen(party)] == [whole]
    [own] = year.seen(year.other)
    assert (own.agreed, own.accepted) == (500, 60)
    assert year.seen(year.member) == []
    assert year.seen(people.organisation("enterprise")) == []


def test_a_page_costs_two_queries_whatever_its_length(year: Year) -> None:
    scope = year.scope(year.bureau)
    counted = []
    for _ in range(2):
        year.agree(people.organisation(region=year.lead.region), 100)
        lines = list(visible_accounts(scope, NOW).order_by("pk"))
        with CaptureQueriesContext(connection) as found:
            accounts(scope, lines, NOW)
        counted.append(len(found))
    assert counted == [2, 2]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["lead", "member"]),
        st.integers(1, 30),
        st.integers(-3, 160),
        st.sampled_from(["", "cancelled", "rejected", "late_cancel", "closed"]),
        st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40), st.integers(0, 4)), max_size=2),
        st.integers(0, 5),
    ),
    max_size=6,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, own=st.booleans())
def test_random_histories_against_a_plain_model(
    year: Year, events: list[tuple[Any, ...]], own: bool
) -> None:
    with transaction.atomic():
        year.agree(year.lead, 700)
        if own:
            year.agree(year.member, 300)
        model = {who: dict.fromkeys(MEASURES, 0) for who in ("lead", "member")}
        for who, packs, day, fate, receipts, back in events:
            into = model[who if own else "lead"]
            hospital = getattr(year, who)
            sent = START + timedelta(days=day)
            ends = sent + timedelta(days=400 if fate == "late_cancel" else 1)
            more = {
                "": {}, "cancelled": {"cancelled_at": ends}, "late_cancel": {"cancelled_at": ends},
                "rejected": {"response": "rejected", "responded_at": ends},
                "closed": {"closed_at": ends},
            }[fate]  # fmt: skip
            line = year.line(hospital, packs, day, **more)
            taken = gone = shipped = 0
            for accepted, after, refused in receipts:
                year.take(hospital, line, accepted, day + after, refused)
                shipped += accepted + refused
                at = START + timedelta(days=day + after)
                if at < NOW and at >= day_start(date(2026, 1, 1)):
                    taken += accepted
                    gone += refused
                    into["accepted"] += accepted * PACK
            if back:
                at = START + timedelta(days=day + 41)
                parties = Parties(hospital, year.maker, year.carrier)
                stages.returned(parties, line, packs=back, returned_at=at)
                if day_start(date(2026, 1, 1)) <= at < NOW:
                    into["accepted"] -= back * PACK
            if not day_start(date(2026, 1, 1)) <= sent < NOW:
                continue
            into["ordered"] += packs * PACK
            over = fate in ("cancelled", "rejected") and ends < NOW
            closed = fate == "closed" and ends < NOW
            # Of a closed line only what was shipped can come; refused packs never do.
            expected = min(packs, shipped) if closed else packs
            still = 0 if over else max(expected - taken - gone, 0)
            into["outstanding"] += still * PACK
            into["released"] += max(packs - taken - still, 0) * PACK
        model["lead"]["agreed"], model["member"]["agreed"] = 700, 300 if own else 0
        found = {each.line.institution.name: each for each in year.seen(year.lead)}
        expected = {"甲医院": model["lead"]} | ({"乙卫生院": model["member"]} if own else {})
        assert {
            name: {measure: int(getattr(each, measure)) for measure in MEASURES}
            for name, each in found.items()
        } == expected
        transaction.set_rollback(True)


def test_consumed_is_the_numerator_of_completion_rate(sample_march: date) -> None:  # noqa: F811
    """On the sample: Σ of a unit's accounts is what the month's job held, for every pair with A."""
    cut = day_start(date(2026, 4, 1))
    province = Organisation.objects.get(kind="institution", code=_any_institution()).region
    while province is not None and province.parent is not None:
        province = province.parent
    scope = scope_of(
        people.person(people.organisation("bureau", region=province)), date(2026, 3, 31)
    )
    lines = list(
        visible_accounts(scope, cut)
        .filter(batch__years__starts_on__lte=date(2026, 3, 31), batch__years__ends_on__gte=date(2026, 3, 1))
        .order_by("pk").distinct()
    )  # fmt: skip
    current = {
        (value.batch_code, value.year_no, value.subject_code, value.product_code): value
        for value in IndicatorValue.objects.filter(
            indicator="completion_rate", subject_type="institution", month=sample_march,
            denominator__gt=0,
        )
    }  # fmt: skip
    leads = _leads(date(2026, 3, 31))
    sums: dict[tuple[str, int, str, str], tuple[Decimal, Decimal]] = {}
    for account in accounts(scope, lines, cut - timedelta(microseconds=1)):
        line = account.line
        unit = leads.get(line.institution.code, line.institution.code)
        key = (line.batch.code, line.year_no, unit, line.product.code)
        consumed, agreed = sums.get(key, (D(0), D(0)))
        sums[key] = (consumed + account.consumed, agreed + account.agreed)
    mine = {key: value for key, value in sums.items() if key in current}
    assert set(mine) == set(current)
    assert len(mine) > 10
    for key, (consumed, agreed) in mine.items():
        assert agreed == current[key].denominator, key
        assert abs(consumed - current[key].numerator) < D("0.00000001"), key


def _any_institution() -> str:
    return str(AgreementLine.objects.values_list("institution__code", flat=True).first())


def _leads(on: date) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.code, l.code FROM organisations_consortiummembership m
            JOIN organisations_consortium c ON c.id = m.consortium_id
            JOIN organisations_organisation i ON i.id = m.institution_id
            JOIN organisations_organisation l ON l.id = c.lead_id
            WHERE m.valid_from <= %s AND (m.valid_to IS NULL OR m.valid_to >= %s)
            """,
            [on, on],
        )
        return dict(cursor.fetchall())
