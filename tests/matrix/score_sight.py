"""Hand-written SQL of who sees 供应评分 and what was granted of 考核豁免."""

from __future__ import annotations

from tests.matrix.scores import province_of
from tests.matrix.world import World


def score_sql(world: World, actor: str) -> str:
    """The province's bureau all of its province, an enterprise its own."""
    if actor == "province":
        return f"province_id = {province_of(world.places.bureau).pk}"
    own = world.cast.users[actor].organisation_id if actor in ("m1", "m2", "d1", "d2") else 0
    return f"enterprise_id = {own}"


def granted_sql(world: World, actor: str) -> str:
    """What was granted is open to all of the trade."""
    return "false" if actor in ("sysadmin", "secadmin", "auditor") else "state = 'granted'"
