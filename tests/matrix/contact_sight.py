"""Which contacts each actor reads, in SQL written by hand."""

from __future__ import annotations

from tests.matrix.world import World

OF = {
    "a_clerk": "a",
    "a_reviewer": "a",
    "a_accountant": "a",
    "token": "a",
    "b_clerk": "b",
    "c_clerk": "c",
}


def contact_sql(world: World, actor: str) -> str:
    """Open ones of enterprises, of the own, of an authority's region, and of the bureaus above."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    seen = ["o.kind = 'enterprise'"]
    if actor in OF:
        seen.append(f"o.id = {getattr(world.places, OF[actor]).pk}")
    city_p, city_q = ("860100", "860101", "860102"), ("860200", "860201")
    everywhere = ("860000", *city_p, *city_q)
    below: dict[str, tuple[str, ...]] = {
        "county_x": ("860101",), "county_y": ("860102",), "health_x": ("860101",),
        "city_p": city_p, "finance_p": city_p, "city_q": city_q, "province": everywhere,
        "regulator": everywhere,
    }  # fmt: skip
    above: dict[str, tuple[str, ...]] = {
        "county_x": ("860100", "860000"), "county_y": ("860100", "860000"),
        "health_x": ("860100", "860000"), "city_p": ("860000",), "finance_p": ("860000",),
        "city_q": ("860000",), "c_clerk": ("860201", "860200", "860000"),
        **dict.fromkeys(
            ("a_clerk", "a_reviewer", "a_accountant", "b_clerk", "token"),
            ("860101", "860100", "860000"),
        ),
    }  # fmt: skip
    if actor in below:
        seen.append(_standing_in(below[actor]))
    if actor in above:
        seen.append(f"o.kind = 'bureau' AND {_standing_in(above[actor])}")
    if actor == "agency_p":
        own = world.places.agency_p
        seen += [f"o.id = {own.pk}", f"o.kind = 'institution' AND o.pool_id = {own.pool_id}"]
        seen.append(f"o.kind = 'bureau' AND {_standing_in(('860100', '860000'))}")
    of = " OR ".join(f"({each})" for each in seen)
    found = f"organisation_id IN (SELECT o.id FROM organisations_organisation o WHERE {of})"
    return f"ended_at IS NULL AND {found}"


def _standing_in(codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"o.region_id IN (SELECT id FROM organisations_region WHERE code IN ({listed}))"


def message_sql(of_complaint: str) -> str:
    """Messages of the complaints that the condition gives."""
    return (
        "case_id IN (SELECT k.id FROM complaints_complaintcase k"
        f" JOIN complaints_complaint c ON c.id = k.complaint_id WHERE {of_complaint})"
    )
