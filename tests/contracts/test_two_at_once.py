"""Every transition of 采 taken by two people at once: one is done, the other is told why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from contracts.models import Agreement, AgreementLine, DeliveryRelation, Disposal, PowerOfAttorney
from contracts.operations.agreements.change import (
    expire_agreements,
    make_version,
    terminate_agreement,
)
from contracts.operations.agreements.sign import refuse_agreement, sign_agreement
from contracts.operations.disposals import close_disposal
from contracts.operations.powers import revoke_power
from contracts.operations.relations import (
    Pointing,
    accept_relation,
    end_relation,
    point_distributors,
    refuse_relation,
    withdraw_relation,
)
from contracts.states.agreement import AGREEMENT_MACHINE, Party
from contracts.states.power import DISPOSAL_MACHINE, POWER_MACHINE
from contracts.states.relation import RELATION_MACHINE
from organisations.models import Organisation
from tests.contracts.test_agreements import CLOCK, certify, generate, relate, rows, sign
from tests.contracts.world import Trade
from tests.days import morning, today
from tests.factories import contracts as make
from tests.factories import organisations as people
from tests.racing import once, raced

REASON = "双方协商"


def test_every_transition_is_raced() -> None:
    verbs = {
        each.verb
        for machine in (AGREEMENT_MACHINE, RELATION_MACHINE, POWER_MACHINE, DISPOSAL_MACHINE)
        for each in machine.transitions
    }
    assert verbs == {
        "sign", "enter", "refuse", "supersede", "terminate", "expire", "accept", "withdraw", "end",
        "replace", "revoke", "close",
    }  # fmt: skip


def both(act: Callable[..., Any], one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return raced(partial(act, **one), partial(act, **other))


def test_two_at_an_agreement(fresh_database: str) -> None:
    trade = Trade("jiangxi-2026")
    relate(trade, trade.d1, trade.product, trade.other)
    certify(trade, trade.a, trade.maker, trade.d1)
    hospital, maker, carrier = (trade.acting(x) for x in (trade.a, trade.maker, trade.d1))
    # Made: the same rows by two officers make one set of agreements.
    made = raced(partial(generate, trade, rows(trade)), partial(generate, trade, rows(trade)))
    assert "done" in made
    first = Agreement.objects.get()
    # Sign against refuse, of one party; then the last two signatures at the same moment.
    told = raced(
        partial(sign_agreement, agreement=first, **hospital),
        partial(refuse_agreement, agreement=first, refusal_reason=REASON, **hospital),
    )
    assert once(told)
    first = after(first, trade, "refused")
    sign(trade, first, trade.a)
    assert both(sign_agreement, {"agreement": first, **maker}, {"agreement": first, **carrier}) == [
        "done",
        "done",
    ]
    first.refresh_from_db()
    assert (first.state, first.signatures.count()) == ("in_force", 3)
    lines = AgreementLine.objects.filter(ended_at__isnull=True)
    assert lines.count() == 2
    # A change asked for by two; its last two signatures end the version before, once.
    change: dict[str, Any] = {"agreement": first, "distributor": None, "change_reason": "按实际"}
    change["quantities"] = {trade.product.pk: Decimal(800)}
    assert once(both(make_version, change | hospital, change | maker))
    second = Agreement.objects.get(agreement_no=first.agreement_no, version=first.version + 1)
    sign(trade, second, trade.a)
    assert both(sign_agreement, {"agreement": second, **maker}, {"agreement": second, **carrier}) == [
        "done",
        "done",
    ]  # fmt: skip
    assert states(first, second) == ["superseded", "in_force"]
    # Ended by two offices' officers; a day's clock run twice.
    ending = {"agreement": second, "ending_reason": REASON}
    offices = [trade.acting(each) for each in (trade.bureau, trade.city_bureau)]
    assert once(both(terminate_agreement, ending | offices[0], ending | offices[1]))
    assert states(second) == ["terminated"]
    assert not lines.exists()


def after(agreement: Agreement, trade: Trade, refused: str) -> Agreement:
    """A version that waits for all three: after a refusal, or changed before they have signed."""
    agreement.refresh_from_db()
    assert agreement.state in (refused, "partial")
    return make_version(
        agreement=agreement, distributor=None, quantities={trade.product.pk: Decimal(900)},
        change_reason="重新约定", **trade.acting(trade.a),
    )  # fmt: skip


def states(*agreements: Agreement) -> list[str]:
    return [Agreement.objects.get(pk=each.pk).state for each in agreements]


def test_the_clock_twice_and_refusing_twice(fresh_database: str) -> None:
    trade = Trade("jiangxi-2026")
    relate(trade, trade.d1, trade.product, trade.other)
    generate(trade, rows(trade, trade.a, trade.b))
    refused, other = Agreement.objects.order_by("pk")
    one = {"agreement": refused, "refusal_reason": REASON, **trade.acting(trade.maker)}
    assert once(both(refuse_agreement, one, one))
    assert states(refused) == ["refused"]
    signed = {f"{party}_signed_at": morning() for party in Party.values}
    for state in ("partial", "in_force"):
        Agreement.objects.filter(pk=other.pk).update(state=state, **signed)
    clock = {"on": other.ends_on + timedelta(days=1), "by": CLOCK, "at": morning()}
    assert "done" in both(expire_agreements, clock, clock)
    assert states(other) == ["expired"]
    people_twice(trade, refused)


def people_twice(trade: Trade, refused: Agreement) -> None:
    """授权书 revoked and 处置 closed by two."""
    agent = people.organisation(region=trade.county, pool=trade.pool)
    power = make.power_of_attorney(principal=trade.a, agent=agent)
    revoke = {"power": power, "revocation_reason": REASON, **trade.acting(trade.a)}
    assert once(both(revoke_power, revoke, revoke))
    assert PowerOfAttorney.objects.get(pk=power.pk).state == "revoked"
    disposal = make.disposal(trade.a, batch=trade.batch, decided_by=trade.county_bureau)
    close = {"disposal": disposal, "outcome": "已签订", **trade.acting(trade.county_bureau)}
    assert once(both(close_disposal, close, close))
    assert Disposal.objects.get(pk=disposal.pk).state == "closed"


def test_two_at_a_delivery_relation(fresh_database: str) -> None:
    trade = Trade("jiangxi-2026")
    maker = trade.acting(trade.maker)

    def pointed(carrier: Organisation) -> DeliveryRelation:
        return make.delivery_relation(
            trade.parties(), product=trade.product, distributor=carrier, valid_from=today()
        )

    first, second, third = (pointed(each) for each in (trade.d1, trade.d2, trade.d3))
    d1, d2, d3 = (trade.acting(each) for each in (trade.d1, trade.d2, trade.d3))
    refusing = {"refusal_reason": REASON}
    assert once(raced(*(partial(accept_relation, relation=first, **d1) for _ in range(2))))
    told = raced(
        partial(accept_relation, relation=second, **d2),
        partial(refuse_relation, relation=second, **refusing, **d2),
    )
    assert once(told)
    told = raced(
        partial(withdraw_relation, relation=third, **maker),
        partial(accept_relation, relation=third, **d3),
    )
    assert once(told)
    # Ended by one while the one named to replace it accepts: it ends once, either way.
    first.refresh_from_db()
    [new] = point_distributors(
        pointings=[
            Pointing(
                product=trade.product, distributor=trade.carrier("配送四"), pool=trade.pool,
                county=None, batch=trade.batch, valid_from=today() + timedelta(days=1),
                valid_until=None, replaces=first,
            )
        ],
        **maker,
    )  # fmt: skip
    taker = trade.acting(new.distributor)
    ending = {"ends": today() + timedelta(days=1), "ending_reason": REASON}
    told = raced(
        partial(end_relation, relation=first, **ending, **maker),
        partial(accept_relation, relation=new, **taker),
    )
    assert once(told)
    assert DeliveryRelation.objects.get(pk=first.pk).state in ("ended", "replaced")
