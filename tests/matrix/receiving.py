"""What waits, was received, is asked back and was scanned, of each hospital and of the twin."""

from __future__ import annotations

from datetime import timedelta

from catalog.models import Product
from tests.factories import receiving, stages
from tests.factories.stages import SENT, Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

CODE = "819000{}0000000000001"
"""By hospital; typed into addresses by everybody, so it bears no mark."""


def seed_receiving(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X | {"m1", "d1"}),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk", "m2", "d2"}),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk", "m2", "d2"}),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY),
    )
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for number, (letter, parties, seen) in enumerate(plans):
        keys |= _door(letter, number, parties)
        canaries.append(Canary(f"{letter} receiving", (f"收记{letter}7Q",), seen))
    twin = plans[3][1]
    for place in (2, 3):
        keys |= {f"{key}{place}": value for key, value in _door("T", 7 + place, twin).items()}
    return Seeded(tuple(canaries), keys)


def _door(letter: str, number: int, parties: Parties) -> dict[str, str]:
    """One delivery that waits with a code, one received with a request, each with a mark."""
    mark, small = f"收记{letter}7Q", letter.lower()
    product = Product.objects.get(code=f"XP{letter}")
    fields: dict[str, object] = {"product": product, "response": "confirmed", "responded_at": SENT}
    waits = stages.order_line(parties, **fields)
    sent = stages.delivery(
        parties, waits, note_no=f"{mark}单", shipped_at=SENT, delivered_at=SENT,
    )  # fmt: skip
    stages.progress(waits)
    taken = stages.order_line(parties, **fields)
    there = stages.delivery(
        parties, taken, note_no=f"{mark}收", shipped_at=SENT, delivered_at=SENT,
    )  # fmt: skip
    receipt = stages.receipt(
        parties, taken, delivery_id=there.pk, received_at=SENT + timedelta(days=1)
    )
    stages.progress(taken)
    receiving.receipt_remark(
        parties, receipt_id=receipt.pk, delivery_id=there.pk, words=f"{mark}说"
    )
    asked = receiving.return_request(parties, taken, delivery_id=there.pk, words=f"{mark}退")
    code = receiving.trace_code(parties, code=CODE.format(number), sent=sent)
    receiving.code_event(parties, code=code, note_no=f"{mark}码")
    receiving.code_finding(parties, by_name=f"{mark}扫", other=parties.institution)
    return {
        f"waits_{small}": str(sent.pk), f"received_{small}": str(there.pk),
        f"return_{small}": asked.request_no,
        f"order_{small}_waits": waits.order.order_no, f"order_{small}_there": taken.order.order_no,
        f"delivery_{small}_waits": sent.delivery_no, f"delivery_{small}_there": there.delivery_no,
    }  # fmt: skip
