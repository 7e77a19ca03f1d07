"""Organisations as the system administrator lists them."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from organisations.models import FormerName, Organisation, User
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


def organisations_with_people(scope: Scope) -> QuerySet[Organisation]:
    """Organisations with the number of accounts in use and whether there is an admin."""
    in_use = Q(users__is_active=True, users__is_service=False)
    admins = User.objects.filter(
        organisation=OuterRef("pk"), roles__contains=["admin"], is_active=True, is_service=False
    )
    return (
        visible_organisations(scope)
        .select_related("region")
        .annotate(people=Count("users", filter=in_use), has_admin=Exists(admins))
        .order_by("kind", "code")
    )


def without_admin(scope: Scope) -> QuerySet[Organisation]:
    """Organisations in use that nobody manages yet."""
    admins = User.objects.filter(
        organisation=OuterRef("pk"), roles__contains=["admin"], is_active=True, is_service=False
    )
    return visible_organisations(scope).filter(~Exists(admins), is_active=True)


def organisation_matching(words: str) -> Q:
    """By name, code, 信用代码 or pinyin initials, of today or of before a change."""
    former = FormerName.objects.filter(
        Q(name__icontains=words)
        | Q(code__istartswith=words)
        | Q(credit_code__istartswith=words)
        | Q(initials__istartswith=words)
    )
    return (
        Q(name__icontains=words)
        | Q(code__istartswith=words)
        | Q(credit_code__istartswith=words)
        | Q(initials__istartswith=words)
        | Q(pk__in=former.values("organisation_id"))
    )


def consortium_matching(words: str) -> Q:
    """Consortia by name, code or initials, of their own or of their lead."""
    return (
        Q(name__icontains=words)
        | Q(initials__istartswith=words)
        | Q(code__istartswith=words)
        | Q(lead__name__icontains=words)
        | Q(lead__initials__istartswith=words)
        | Q(lead__code__istartswith=words)
    )
