"""Chooses which institutions play the parts of the story."""

from __future__ import annotations

import random
from dataclasses import dataclass

from interchange.demo import story
from interchange.demo.institutions import SECONDARY, TERTIARY, Institution


@dataclass(frozen=True, slots=True)
class Cast:
    """Institution codes by part; `followers` with their non-selected share."""

    offender: str
    followers: dict[str, float]
    overbuyer: str
    unreported: tuple[str, ...]


def choose_cast(
    rng: random.Random, institutions: list[Institution], consortium_members: set[str]
) -> Cast:
    """Only public hospitals away from the counties and cities that play another part."""
    free = [
        one
        for one in institutions
        if one.ownership == "public"
        and one.code not in consortium_members
        and one.region not in story.STORY_COUNTIES
        and one.city not in story.SLOW_CITIES
    ]
    tertiary = [one for one in free if one.level == TERTIARY]
    secondary = [one for one in free if one.level == SECONDARY]
    if not secondary:
        secondary = [one for one in institutions if one.level == SECONDARY]
    rng.shuffle(secondary)
    followers = {
        one.code: rng.uniform(*story.NON_SELECTED_SHARE_OF_FOLLOWERS)
        for one in secondary[: story.FOLLOWERS]
    }
    rest = secondary[story.FOLLOWERS :] or secondary
    return Cast(
        offender=min(tertiary or secondary, key=lambda one: abs(one.size - 14)).code,
        followers=followers,
        overbuyer=rest[0].code,
        unreported=tuple(one.code for one in rest[1 : 1 + story.UNREPORTED_UNITS]),
    )
