"""In which capacity somebody may act on a warning."""

from __future__ import annotations

from monitoring.models import Warning
from monitoring.states import ANSWERER, BUREAU
from organisations.queries.scope import Scope
from organisations.queries.visibility import sees_subject

OBJECT_TYPE = "warning"
ACTING_ROLES = ("clerk", "reviewer", "leader")


def warning_standings(scope: Scope, warning: Warning) -> frozenset[str]:
    """The answering party's people answer; a bureau of the subject's region verifies.

    A consortium's lead answers for its unit. A pool's warning is answered by the pool's agency.
    Other authorities look on.
    """
    if not scope.is_business or not scope.has_role(*ACTING_ROLES):
        return frozenset()
    if not sees_subject(scope, warning):
        return frozenset()
    if scope.is_bureau:
        return frozenset({BUREAU})
    if scope.kind == "agency" and warning.subject_type == "pool":
        return frozenset({ANSWERER})
    if scope.organisation_id in (warning.institution_id, warning.enterprise_id):
        return frozenset({ANSWERER})
    return frozenset()
