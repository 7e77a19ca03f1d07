"""What the actors' province and its neighbour work on about batches: changes, results, drafts."""

from __future__ import annotations

from datetime import date

from policy.models import Parameter, Policy
from tests.factories import catalog
from tests.matrix.actors import Cast
from tests.matrix.places import Places
from tests.matrix.value_changes import KEYS


def seed_batches(places: Places, cast: Cast, keys: dict[str, str]) -> dict[str, str]:
    """Own is the province 860000's, t its neighbour's; `own` was proposed by the actor."""
    own = catalog.batch(
        code="批P", policy=Policy.objects.get(code=keys["policy_p"]),
        effective_on=date(2020, 1, 1), ends_on=date(2099, 12, 31),
    )  # fmt: skip
    twin = catalog.batch(policy=catalog.policy(province_code="870000"))
    parameters = [Parameter.objects.get(key=key) for key in KEYS]
    made: dict[str, str] = {"batch_p": own.code}
    for name, batch, number in (
        ("override_p", own, 0), ("override_t", twin, 0), ("override_t2", twin, 1),
        ("override_t3", twin, 2),
    ):  # fmt: skip
        change = catalog.override_change(batch=batch, parameter=parameters[number])
        made[name] = change.change_no
    mine = catalog.override_change(
        batch=own, parameter=parameters[2], proposed_by_id=cast.users["province"].pk
    )
    made["override_own"] = mine.change_no
    return made
