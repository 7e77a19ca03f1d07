"""Tell the people of an organisation something in the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.operations import operation
from inbox.models import Notice
from organisations.models import User


@dataclass(frozen=True)
class NewNotice:
    """`key` makes telling the same thing twice harmless.

    `category` (Notice.Category) is all that messages outside the page say of it; an urgent one is
    sent in quiet hours too.
    """

    organisation_id: int
    key: str
    title: str
    body: str = ""
    url: str = ""
    category: str = Notice.Category.GENERAL
    is_urgent: bool = False


@operation
def notify(*, notices: Sequence[NewNotice], at: datetime) -> None:
    """Add these notices; one whose key was used before is left out."""
    Notice.objects.bulk_create(
        [
            Notice(
                organisation_id=notice.organisation_id,
                key=notice.key,
                title=notice.title[:300],
                body=notice.body,
                url=notice.url,
                category=notice.category,
                is_urgent=notice.is_urgent,
                created_at=at,
            )
            for notice in notices
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


@operation
def mark_read(*, notice: Notice, by: User) -> None:
    """Remember that this person has read it; reading is not an act that the trail keeps."""
    notice.read_by.add(by)


@operation
def mark_all_read(*, notices: Iterable[Notice], by: User, at: datetime) -> None:
    """Remember that this person has seen all of these."""
    through = Notice.read_by.through
    through.objects.bulk_create(
        [through(notice_id=notice.pk, user_id=by.pk) for notice in notices],
        ignore_conflicts=True,
        batch_size=1000,
    )
