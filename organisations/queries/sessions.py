"""Django's sessions in the database, whose row is read by a query that was put into SQL once.

Named in SESSION_ENGINE. What is stored, when it ends and how it is written stay Django's.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from core.database.prepared import Prepared


def _sessions(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


_SESSION: Prepared[Session] = Prepared(_sessions, "\x01")


class SessionStore(db.SessionStore):
    """The row as stored at this moment, unless its end has come."""

    def _get_session_from_db(self) -> Session | None:
        found = next(iter(_SESSION.rows(self.session_key)), None) if self.session_key else None
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None
