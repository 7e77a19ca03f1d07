"""Proposals of the actors' province and of its neighbour's, and what was rehearsed of them."""

from __future__ import annotations

from datetime import date

from policy.models import Parameter
from tests.factories import catalog, core
from tests.factories.rehearsals import rehearsal
from tests.matrix.actors import Cast
from tests.matrix.places import Places

KEYS = ("min_lines", "min_deliveries", "overrun_multiple")
LATER = date(2090, 1, 1)
"""No actor's day: what is seeded here is in force for nobody."""


def seed_value_changes(places: Places, cast: Cast) -> dict[str, str]:
    own = catalog.policy(province_code="860000", effective_from=LATER)
    twin = catalog.policy(province_code="870000", effective_from=LATER)
    mine = catalog.value_change(
        policy=own, parameter=Parameter.objects.get(key=KEYS[2]),
        proposed_by_id=cast.users["province"].pk,
    )  # fmt: skip
    keys = {"policy_p": str(own.code), "value_change_own": str(mine.change_no)}
    for name, policy, key in (
        ("value_change_p", own, KEYS[0]), ("value_change_t", twin, KEYS[0]), ("value_change_t2", twin, KEYS[1]),
        ("value_change_t3", twin, KEYS[2]),
    ):  # fmt: skip
        change = catalog.value_change(policy=policy, parameter=Parameter.objects.get(key=key))
        counts = dict.fromkeys(("now", "then", "named", "cleared", "severity"), 0)
        rehearsal(
            change, months=[{"month": "2026-03", **counts}],
            job=core.job(
                kind="rehearse_change", state="done",
                arguments={"change_no": change.change_no, "months": 6},
            ),
        )  # fmt: skip
        keys[name] = str(change.change_no)
    return keys
