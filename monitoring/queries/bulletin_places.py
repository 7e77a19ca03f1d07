"""Where the institutions of a bulletin stand, by the stamps and names that were frozen with it."""

from __future__ import annotations

from monitoring.models import Bulletin, BulletinInput, BulletinLine


def places_of(bulletin: Bulletin, level: str) -> dict[str, str]:
    """Subject code → name of its city (or county, of a city's own bulletin); three queries."""
    column = f"{level}_id"
    own = BulletinInput.objects.filter(bulletin=bulletin, subject_type=level)
    names = dict(own.values_list(column, "subject_name").distinct())
    found: dict[str, str] = {}
    for model in (BulletinInput, BulletinLine):
        rows = model._default_manager.filter(bulletin=bulletin).exclude(subject_type=level)
        for code, place in rows.values_list("subject_code", column).distinct():
            if place in names:
                found.setdefault(code, names[place])
    return found
