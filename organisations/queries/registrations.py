"""Registrations: who reviews them, who sees them, and whether the name is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from core.attachments.models import Attachment
from organisations.models import Organisation, Pool, Region, Registration, User
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from organisations.states import DESK, REVIEWER

OBJECT_TYPE = "registration"
PER_HOUR, PER_DAY = 5, 20
"""Registrations that one address may file."""
OPEN_STATES = ("submitted", "in_review", "returned")


def visible_registrations(scope: Scope) -> QuerySet[Registration]:
    """Those filed with the bureau, and those of its region's subtree; never drafts."""
    rows = Registration.objects.exclude(state="draft").select_related("region", "bureau", "pool")
    if not scope.is_bureau:
        return within(scope, rows, NOTHING)
    return within(scope, rows, Q(bureau_id=scope.organisation_id) | region_subtree(scope, "region"))


def registration_matching(words: str) -> Q:
    """Registrations by name, its initials, codes or receipt number."""
    return (
        Q(name__icontains=words)
        | Q(initials__istartswith=words)
        | Q(credit_code__istartswith=words)
        | Q(code__istartswith=words)
        | Q(receipt_no__istartswith=words)
    )


def registration_holder(row: Registration) -> str:
    """Who has it now; empty once it has ended."""
    if row.state in ("submitted", "in_review"):
        return row.bureau.name
    return "申请单位" if row.state in ("draft", "returned") else ""


def registrations_by_state(scope: Scope) -> dict[str, int]:
    """How many of the visible ones are in each state."""
    rows = visible_registrations(scope).order_by().select_related(None)
    return dict(rows.values_list("state").annotate(number=Count("pk")))


def registration_standings(scope: Scope, row: Registration) -> frozenset[str]:
    """The bureau that it was filed with reviews it; a higher one looks on."""
    if not scope.is_bureau or row.bureau_id != scope.organisation_id:
        return frozenset()
    held = {DESK} if scope.has_role("clerk") else set()
    return frozenset(held | ({REVIEWER} if scope.has_role("reviewer") else set()))


def reviewing_bureau(kind: str, region: Region) -> Organisation | None:
    """Of an institution the bureau of its county (city, province); of an enterprise the province's."""
    place: Region | None = region
    while place is not None:
        if kind == "institution" or place.level == Region.Level.PROVINCE:
            found = Organisation.objects.filter(kind="bureau", region=place, is_active=True).first()
            if found is not None:
                return found
        place = place.parent
    return None


def pool_of(region: Region) -> Pool | None:
    """The pool of the region or of the nearest one above it."""
    place: Region | None = region
    while place is not None:
        found = Pool.objects.filter(region=place).order_by("code").first()
        if found is not None:
            return found
        place = place.parent
    return None


def why_taken(*, credit_code: str, code: str, name: str, but: int | None = None) -> tuple[str, str]:
    """Field and Chinese reason where the platform has it already; two empty texts where not."""
    known = Organisation.objects.filter(
        Q(code__in=[credit_code, code]) | Q(credit_code=credit_code)
    ).first()
    if known is not None:
        field = "credit_code" if credit_code in (known.code, known.credit_code) else "code"
        return field, (
            f"该代码已登记为“{known.name}”。是本单位的，请联系本单位的机构管理员开户；"
            "管理员已离开或代码有误，请联系当地医保局"
        )
    if Organisation.objects.filter(name=name, is_active=True).exists():
        return "name", "同名机构已登记。是本单位的，请联系本单位的机构管理员；不是的，请写完整名称"
    waiting = Registration.objects.filter(
        Q(credit_code=credit_code) | Q(code=code), state__in=OPEN_STATES
    ).exclude(pk=but or 0)
    if waiting.exists():
        return "credit_code", "该代码的注册申请正在办理，请用回执号查询进度，不要重复提交"
    return "", ""


def username_is_taken(username: str) -> bool:
    return User.objects.filter(username=username).exists()


def too_many_from(address: str | None, now: datetime) -> bool:
    """Whether this address has filed as many as one may."""
    if address is None:
        return False
    rows = Registration.objects.filter(source_ip=address)
    return (
        rows.filter(created_at__gte=now - timedelta(hours=1)).count() >= PER_HOUR
        or rows.filter(created_at__gte=now - timedelta(days=1)).count() >= PER_DAY
    )


def registration_by_receipt(receipt_no: str) -> Registration | None:
    """For whoever has the number; what the page shows of it holds nothing personal."""
    return (
        Registration.objects.select_related("bureau", "region", "organisation")
        .filter(receipt_no=receipt_no)
        .first()
    )


def registration_files(row: Registration) -> list[Attachment]:
    rows = Attachment.objects.filter(owner_type=OBJECT_TYPE, owner_id=row.pk)
    return list(rows.select_related("file").order_by("pk"))


def public_region_choices() -> list[tuple[str, str]]:
    """Every region with those above it, for the open form."""
    rows = Region.objects.select_related("parent__parent").order_by("code")
    return [(row.code, _path(row)) for row in rows]


def region_by_code(code: str) -> Region | None:
    return Region.objects.select_related("parent__parent").filter(code=code).first()


def _path(region: Region) -> str:
    names = []
    place: Region | None = region
    while place is not None:
        names.append(place.name)
        place = place.parent
    return " ".join(reversed(names))
