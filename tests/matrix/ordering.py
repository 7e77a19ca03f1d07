"""Carts, templates, places and orders under way of each hospital, of the actors' province and the twin."""

from __future__ import annotations

from catalog.models import Product
from tests.factories import ordering, stages
from tests.factories.stages import Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

OUT = frozenset({"m1", "m2", "d1", "d2"})
"""Enterprises are told no clinical reasons."""


def seed_ordering(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A, OVER_X, {"m1", "d1"}),
        ("B", Parties(places.b, places.m2, places.d2), {"b_clerk"}, OVER_X, {"m2", "d2"}),
        ("C", Parties(places.c, places.m2, places.d2), {"c_clerk"}, OVER_Q, {"m2", "d2"}),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY, NOBODY, set()),
    )  # fmt: skip
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for letter, parties, own, over, sides in plans:
        mark, small, hospital = f"购记{letter}7Q", letter.lower(), parties.institution
        product = Product.objects.get(code=f"XP{letter}")
        place = ordering.receiving_place(hospital, name=f"{mark}库", is_default=True)
        cart = ordering.cart(hospital, place=place, return_reason=f"{mark}退")
        ordering.cart_line(cart=cart, product=product, clinical_reason=f"{mark}由")
        waiting = ordering.cart(hospital, state="awaiting", amount=9)
        ordering.cart_line(cart=waiting, product=product)
        ordering.ordering_setting(hospital)
        ordering.column_mapping(hospital, columns={"packs": f"{mark}列"})
        template = ordering.order_template(
            hospital,
            name=f"{mark}板",
            template_no=f"MB{letter}7",
            rows=[{"product": product.code, "packs": "3"}],
        )
        order = stages.order(parties, order_no=f"DDO{letter}", receiving_place=f"单记{letter}7Q")
        line = stages.order_line(parties, order=order, product=product)
        reason = ordering.clinical_reason(line=line, reason=f"由记{letter}7Q")
        ordering.clinical_review(clinical_reason=reason, note=f"由记{letter}7Q评")
        stages.progress(line=line)
        plan = ordering.plan(hospital, note=f"计记{letter}7Q")
        plan_line = ordering.plan_line(plan=plan, product=product)
        asked = ordering.plan(hospital, state="awaiting", amount=9)
        ordering.plan_line(plan=asked, product=product)
        approved = ordering.plan(hospital, state="approved", amount=9)
        ordering.plan_line(plan=approved, product=product)
        talk = ordering.negotiation(hospital, product=product, negotiation_no=f"YIM{letter}")
        ordering.negotiation_offer(negotiation=talk, words=f"议记{letter}7Q")
        keys |= {
            f"reason_{small}": str(reason.pk), f"talk_{small}": talk.negotiation_no,
            f"plan_{small}": plan.plan_no, f"asked_{small}": asked.plan_no,
            f"approved_{small}": approved.plan_no, f"plancell_{small}": str(plan_line.pk),
            f"cart_{small}": cart.cart_no, f"waiting_{small}": waiting.cart_no,
            f"place_{small}": str(place.pk), f"template_{small}": template.template_no,
            f"placed_{small}": order.order_no,
        }  # fmt: skip
        canaries += [
            Canary(f"{letter} cart", (mark,), frozenset(own)),
            Canary(
                f"{letter} negotiation",
                (f"议记{letter}7Q",),
                frozenset(own) | over | {side for side in sides if side.startswith("m")},
            ),
            Canary(f"{letter} plan", (f"计记{letter}7Q",), frozenset(own)),
            Canary(f"{letter} order", (f"单记{letter}7Q",), frozenset(own) | over | sides),
            Canary(f"{letter} reason", (f"由记{letter}7Q",), (frozenset(own) | over) - OUT),
        ]
    return Seeded(tuple(canaries), keys)
