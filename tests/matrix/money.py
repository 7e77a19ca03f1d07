"""A statement, a deduction, an entry and a payment of each hospital's, each with a mark and an amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.factories import money
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

OVER_P = frozenset({"city_p", "province", "finance_p", "agency_p"})
"""Who answers for the money of pool P; a county's authorities do not."""
OVER_Q = frozenset({"city_q", "province"})


def seed_money(places: Places) -> Seeded:
    plans = (
        ("A", places.a, places.d1, OF_A | OVER_P | {"d1"}),
        ("B", places.b, places.d2, OVER_P | {"b_clerk", "d2"}),
        ("C", places.c, places.d2, OVER_Q | {"c_clerk", "d2"}),
        ("T", places.t, places.d3, NOBODY),
    )
    keys: dict[str, str] = {}
    canaries = []
    for letter, hospital, payee, seen in plans:
        small, mark = letter.lower(), f"结记{letter}7Q"
        row = money.statement(hospital, payee=payee, mark=mark)
        keys[f"statement_{small}"] = row.statement_no
        money.bank_order(row, bank_words=f"银{mark}")
        money.deduction(hospital, month=date(2026, 2, 1), recorded_by_name=f"扣{mark}")
        paid = money.prepayment(hospital, note=f"预{mark}", base=7431)
        keys[f"prepay_{small}"] = paid.prepayment_no
        entry = money.ledger_entry(Decimal("7431.17"), institution=hospital, text=f"账{mark}")
        keys[f"posted_{small}"] = str(entry.pk)
        money.ledger_reversal(entry, reason=f"冲{mark}")
        account = entry.postings.get(account__purpose="claim").account_id
        keys[f"account_{small}"] = str(account)
        canaries.append(Canary(f"{letter} money", (mark,), frozenset(seen)))
    return Seeded(tuple(canaries), keys)
