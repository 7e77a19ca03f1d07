"""Changes of organisations: who sees and reviews them, names as of a day, who succeeds whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from core.attachments.models import Attachment
from organisations.models import FormerName, Organisation, OrganisationChange
from organisations.queries.registrations import reviewing_bureau
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from organisations.states import APPLICANT, REVIEWER

OBJECT_TYPE = "organisation_change"


def visible_changes(scope: Scope) -> QuerySet[OrganisationChange]:
    """The own organisation's; for a bureau those that it reviews and those of its region."""
    rows = OrganisationChange.objects.select_related("organisation", "successor", "bureau")
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = Q(organisation_id=scope.organisation_id)
    if scope.is_bureau:
        seen |= Q(bureau_id=scope.organisation_id)
        seen |= region_subtree(scope, "organisation__region")
    return within(scope, rows, seen)


def change_matching(words: str) -> Q:
    """Changes by number, old or new name, codes, or the organisation's initials."""
    return (
        Q(change_no__istartswith=words)
        | Q(old_name__icontains=words)
        | Q(new_name__icontains=words)
        | Q(old_code__istartswith=words)
        | Q(new_code__istartswith=words)
        | Q(organisation__initials__istartswith=words)
    )


def change_standings(scope: Scope, row: OrganisationChange) -> frozenset[str]:
    """The organisation's admin applies; a reviewer of the bureau that it was filed with decides."""
    held = set()
    if row.organisation_id == scope.organisation_id and scope.has_role("admin"):
        held.add(APPLICANT)
    if scope.is_bureau and row.bureau_id == scope.organisation_id and scope.has_role("reviewer"):
        held.add(REVIEWER)
    return frozenset(held)


def bureau_for_change(organisation: Organisation) -> Organisation | None:
    """An institution's own bureau; of an enterprise the province's, of which there is one."""
    if organisation.kind == "institution" and organisation.region is not None:
        return reviewing_bureau("institution", organisation.region)
    return Organisation.objects.filter(
        kind="bureau", region__level="province", is_active=True
    ).order_by("code").first()  # fmt: skip


def change_files(row: OrganisationChange) -> list[Attachment]:
    rows = Attachment.objects.filter(owner_type=OBJECT_TYPE, owner_id=row.pk)
    return list(rows.select_related("file").order_by("pk"))


def change_holder(row: OrganisationChange) -> str:
    """Who has it now; empty once it has ended."""
    holders = {"submitted": row.bureau.name, "returned": row.old_name, "accepted": "等待生效日期"}
    return holders.get(row.state, "")


def becomes(row: OrganisationChange) -> str:
    """What the organisation will be, in words."""
    if row.kind == OrganisationChange.Kind.MERGER and row.successor is not None:
        return f"并入 {row.successor.name}（{row.successor.code}）"
    if row.kind == OrganisationChange.Kind.CLOSURE:
        return "注销"
    return row.new_name or row.new_code


def name_on(organisation: Organisation, day: date) -> str:
    """What it was called on that day: for papers that bear a date."""
    return names_on([organisation.pk], day).get(organisation.pk, organisation.name)


def names_on(organisation_ids: Collection[int], day: date) -> dict[int, str]:
    """The names of those that were called otherwise on that day, by id; in one query."""
    if not organisation_ids:
        return {}
    rows = FormerName.objects.filter(organisation_id__in=organisation_ids, valid_to__gt=day)
    # The earliest change after the day ended the name of that day.
    first = rows.order_by("organisation_id", "valid_to", "pk").distinct("organisation_id")
    return dict(first.values_list("organisation_id", "name"))


class NamesOn:
    """What the organisations of one paper were called on its day; asked once, in one query."""

    def __init__(self, organisations: Iterable[Organisation | None], day: date) -> None:
        self._names = names_on({each.pk for each in organisations if each is not None}, day)

    def __call__(self, organisation: Organisation | None) -> str:
        """The name of that day; empty for none."""
        if organisation is None:
            return ""
        return self._names.get(organisation.pk, organisation.name)


@dataclass(frozen=True)
class NameUntil:
    """What an organisation is called now, and one name and code that it had until a day, if any."""

    code: str
    name: str
    former_code: str | None
    former_name: str | None
    valid_to: date | None


def names_by_code(codes: Collection[str]) -> list[NameUntil]:
    """Of all organisations that have, or once had, these codes; the oldest name first. One query."""
    rows = Organisation.objects.filter(Q(code__in=codes) | Q(former_names__code__in=codes))
    names = rows.order_by("former_names__valid_to", "former_names__pk").values_list(
        "code", "name", "former_names__code", "former_names__name", "former_names__valid_to"
    )
    return [NameUntil(*row) for row in names]


def former_names(organisation: Organisation) -> list[FormerName]:
    """Newest first, for the organisation's page."""
    return list(FormerName.objects.filter(organisation=organisation).order_by("-valid_to", "-pk"))


def possible_successors(organisation: Organisation) -> QuerySet[Organisation]:
    """Organisations in use of the same kind that it may merge into."""
    rows = Organisation.objects.filter(kind=organisation.kind, is_active=True)
    if organisation.kind == "enterprise":
        if organisation.is_manufacturer:
            rows = rows.filter(is_manufacturer=True)
        if organisation.is_distributor:
            rows = rows.filter(is_distributor=True)
    return rows.exclude(pk=organisation.pk)
