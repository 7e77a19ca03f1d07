"""Guides of the bureaus, and the parts of them that addresses name."""

from __future__ import annotations

from tests.factories import organisations as make
from tests.matrix.places import Places


def seed_guides(places: Places) -> dict[str, str]:
    """A service, a reception day and a file of county x, and of three offices that nobody plays."""
    twin = make.organisation("procurement_centre", region=places.bureau_t.region, code="CG870000")
    offices = {"x": places.bureau_x, "p": places.bureau_p, "t": places.bureau_t, "u": twin}
    keys = {}
    for letter, office in offices.items():
        guide = make.guide(office)
        keys[f"service_{letter}"] = str(make.guide_service(guide).pk)
        keys[f"day_{letter}"] = str(make.reception_day(guide).pk)
        keys[f"paper_{letter}"] = str(make.guide_file(guide).pk)
    return keys
