"""Tell the people of an organisation something in the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.operations import operation
from inbox.models import Notice
from organisations.models import User

BATCH = 1000
TELL = """
INSERT INTO inbox_notice (organisation_id, key, title, body, url, category, is_urgent, created_at)
SELECT n.organisation_id, n.key, n.title, n.body, n.url, n.category, n.is_urgent, %(at)s
FROM unnest(%(organisations)s::bigint[], %(keys)s::text[], %(titles)s::text[], %(bodies)s::text[],
            %(urls)s::text[], %(categories)s::text[], %(urgents)s::boolean[])
     AS n (organisation_id, key, title, body, url, category, is_urgent)
ON CONFLICT DO NOTHING
"""


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
def notify(*, notices: Sequence[NewNotice], at: datetime) -> int:
    """Add these notices; one whose key was used before is left out. Gives how many are new."""
    new = 0
    with connection.cursor() as cursor:
        for start in range(0, len(notices), BATCH):
            some = notices[start : start + BATCH]
            cursor.execute(
                TELL,
                {
                    "at": at, "organisations": [notice.organisation_id for notice in some],
                    "keys": [notice.key for notice in some],
                    "titles": [notice.title[:300] for notice in some],
                    "bodies": [notice.body for notice in some],
                    "urls": [notice.url for notice in some],
                    "categories": [notice.category for notice in some],
                    "urgents": [notice.is_urgent for notice in some],
                },
            )  # fmt: skip
            new += cursor.rowcount
    return new


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
