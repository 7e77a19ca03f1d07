"""Early notices as they are seen and listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.templatetags.formats import number, percent
from monitoring.models import EarlyNotice
from monitoring.queries.figure_address import figure_url
from monitoring.queries.names import names_of
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import subject_rows, within


@dataclass(frozen=True)
class EarlyRow:
    """One line of the list: words beside the notice; `url` opens the figure that it rests on."""

    notice: EarlyNotice
    subject: str
    matter: str
    measured: str
    projected: str
    threshold: str
    url: str


def visible_early_notices(scope: Scope) -> QuerySet[EarlyNotice]:
    """As warnings are: the institution, and the authorities of its region or pool."""
    return within(scope, EarlyNotice.objects.all(), subject_rows(scope))


def early_rows(notices: Iterable[EarlyNotice]) -> list[EarlyRow]:
    """Named in as many queries for fifty as for one."""
    listed = list(notices)
    names = names_of(listed)
    return [
        EarlyRow(
            notice=each, subject=names.subject(each), matter=names.matter(each),
            measured=_text(each, each.measured), projected=_text(each, each.projected),
            threshold=_text(each, each.threshold), url=figure_url(each),
        )
        for each in listed
    ]  # fmt: skip


def notices_about(rows: QuerySet[EarlyNotice], words: str) -> QuerySet[EarlyNotice]:
    """Those of institutions so named, or with this code."""
    named = Organisation.objects.filter(
        Q(name__contains=words) | Q(initials__startswith=words.lower()) | Q(code=words)
    )
    return rows.filter(Q(institution_id__in=named.values("pk")) | Q(product_code=words))


def _text(notice: EarlyNotice, value: object) -> str:
    if notice.rule == EarlyNotice.Rule.OVERRUN:
        return f"{number(value)} 倍"
    return percent(value, 2)
