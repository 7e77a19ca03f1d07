"""Who may sign in with a password, and the person of a session in one query."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from core.database.prepared import Prepared
from organisations.models import User
from organisations.queries.scope import predecessors_of

WITH_ORGANISATION = ("organisation__region__parent__parent", "organisation__pool")
"""What a scope needs of a user; loaded together."""


def _people(user_id: int) -> QuerySet[User]:
    # The merged ones come in the same query; a scope asks for them at every request.
    merged = ArraySubquery(predecessors_of(OuterRef("organisation_id")))
    return (
        User.objects.select_related(*WITH_ORGANISATION)
        .annotate(predecessor_ids=merged)
        .filter(pk=user_id)
    )


_PERSON: Prepared[User] = Prepared(_people, -1)


class PeopleBackend(ModelBackend):
    """Accounts in use of organisations in use; never the service users of tokens."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        return (
            isinstance(user, User)
            and user.is_active
            and not user.is_service
            and user.organisation.is_active
        )

    def get_user(self, user_id: int) -> User | None:
        """The person as stored at this moment: read anew for each request."""
        user = next(iter(_PERSON.rows(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
