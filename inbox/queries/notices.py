"""What a person was told, newest first, and what of it they have not read."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from inbox.models import Notice
from inbox.queries.visible import visible_notices
from organisations.queries.scope import Scope


def notices_of(scope: Scope) -> QuerySet[Notice]:
    """Notices with `is_read` of this person."""
    is_read = ExpressionWrapper(Q(_read_by(scope)), output_field=BooleanField())
    return visible_notices(scope).annotate(is_read=is_read).order_by("-created_at", "-pk")


def unread_notices(scope: Scope) -> QuerySet[Notice]:
    return notices_of(scope).filter(~_read_by(scope))


def _read_by(scope: Scope) -> Exists:
    through = Notice.read_by.through
    return Exists(through.objects.filter(notice_id=OuterRef("pk"), user_id=scope.user_id))
