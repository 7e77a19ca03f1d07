"""Hand-written SQL of who sees which 监管措施; the parts by region and subject are the caller's."""

from __future__ import annotations

BUREAUS = ("county_x", "county_y", "city_p", "city_q", "province")
SUBJECTS = ("a_clerk", "a_reviewer", "a_accountant", "token", "b_clerk", "c_clerk",
            "m1", "m2", "d1", "d2")  # fmt: skip
TAKEN = "state NOT IN ('proposed', 'dismissed')"


def sight_sql(actor: str, *, own: int, concerned: str) -> str:
    """Bureaus by region, ideas too; the subject and whoever is invited once it was taken."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    invited = f"id IN (SELECT action_id FROM monitoring_actioninvite WHERE organisation_id = {own})"
    if actor in BUREAUS:
        return f"({concerned} OR ({invited} AND {TAKEN}))"
    return f"({concerned if actor in SUBJECTS else invited} AND {TAKEN})"


def visited_sql(actor: str, *, concerned: str) -> str:
    """督导检查: bureaus by region; the visited once told beforehand or by the findings; no others."""
    if actor in BUREAUS:
        return concerned
    if actor not in SUBJECTS:
        return "false"
    return f"({concerned} AND (announced OR fed_back_at IS NOT NULL))"
