"""Drafts: what was typed is kept while it is typed, and forgotten when it was sent."""

from __future__ import annotations

from datetime import datetime

from core.operations import operation
from core.transitions import MissingInput
from inbox.models import Draft
from organisations.models import User

MOST_FIELDS = 400
MAX_LETTERS = 200_000
MOST_DRAFTS = 200


@operation
def keep_draft(*, key: str, values: dict[str, list[str]], by: User, at: datetime) -> Draft:
    """Keep the fields of a form under its key; the last one kept replaces the one before.

    Raises MissingInput for what is no form's draft: no key, too many fields, too long.
    """
    if not key or len(key) > 200:
        raise MissingInput("key", "草稿没有标明表单，未保存")
    letters = sum(len(text) for texts in values.values() for text in texts)
    if len(values) > MOST_FIELDS or letters > MAX_LETTERS:
        raise MissingInput("values", "内容过长，草稿未保存；请尽快提交，或改用附件")
    draft, _ = Draft.objects.update_or_create(
        user=by, key=key, defaults={"values": values, "saved_at": at}
    )
    old = Draft.objects.filter(user=by).order_by("-saved_at", "-pk")[MOST_DRAFTS:]
    Draft.objects.filter(pk__in=[each.pk for each in old]).delete()
    return draft


@operation
def discard_draft(*, key: str, by: User) -> bool:
    """Forget a draft that was sent, or that its writer does not want; False when there was none.

    Who stands in for a colleague saw the colleague's draft of the same form, and has dealt with both.
    """
    writers = [by.pk] if by.acting_for is None else [by.pk, by.acting_for.pk]
    deleted, _ = Draft.objects.filter(user_id__in=writers, key=key).delete()
    return bool(deleted)


@operation
def hand_over_drafts(*, from_user: User, to_user: User) -> int:
    """What a leaver had begun is the colleague's to finish; a form that the colleague has begun too
    stays the colleague's. Gives how many went over."""
    begun = Draft.objects.filter(user=to_user).values("key")
    return Draft.objects.filter(user=from_user).exclude(key__in=begun).update(user=to_user)


@operation
def forget_drafts(*, before: datetime) -> int:
    """Drafts that nobody came back for. Returns how many."""
    return Draft.objects.filter(saved_at__lt=before).delete()[0]
