"""The steps of a bulletin by name: page, API and journeys go through this one table."""

from __future__ import annotations

from datetime import datetime

from monitoring.models import Bulletin
from monitoring.operations.bulletins.draft import draft_correction, redraft_figures
from monitoring.operations.bulletins.issue import (
    close_bulletin,
    countersign_bulletin,
    issue_bulletin,
    review_bulletin,
)
from monitoring.operations.bulletins.prepare import (
    open_check,
    submit_bulletin,
    withdraw_bulletin,
)
from organisations.models import User
from organisations.queries.scope import Scope

PLAIN = {
    "check": open_check, "submit": submit_bulletin, "issue": issue_bulletin,
    "close": close_bulletin, "redraft": redraft_figures,
}  # fmt: skip
REVIEWS = ("approve", "send", "return")
COUNTERSIGNS = ("countersign", "refuse")
VERBS = (*PLAIN, *REVIEWS, *COUNTERSIGNS, "withdraw", "correct")


def perform_act(
    verb: str,
    bulletin: Bulletin,
    *,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> Bulletin:
    """Carry `verb` out by its operation; `correct` gives the new draft. KeyError for none of ours."""
    if verb in REVIEWS:
        return review_bulletin(
            bulletin=bulletin, verb=verb, note=note, by=by, scope=scope, at=at,
            seen_version=seen_version,
        )  # fmt: skip
    if verb in COUNTERSIGNS:
        return countersign_bulletin(
            bulletin=bulletin, verb=verb, note=note, by=by, scope=scope, at=at,
            seen_version=seen_version,
        )  # fmt: skip
    if verb == "withdraw":
        return withdraw_bulletin(
            bulletin=bulletin, note=note, by=by, scope=scope, at=at, seen_version=seen_version
        )
    if verb == "correct":
        return draft_correction(bulletin=bulletin, reason=note, by=by, scope=scope, at=at)
    return PLAIN[verb](bulletin=bulletin, by=by, scope=scope, at=at, seen_version=seen_version)
