"""Filters of accounts: an organisation's own people, and all of them for the security administrator."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from organisations.models import Organisation, User
from organisations.queries.people import matching, only_locked, person_matching

STATES = (("on", "在用"), ("first", "待首次改口令"), ("off", "已停用"))
SAFETY = (("locked", "已锁定"), ("on", "在用"), ("off", "已停用"), ("never", "从未登录"))
FACTORS = (("1", "已启用"), ("0", "未启用"))


class PersonFilter(django_filters.FilterSet):
    """Own people by role, state and words."""

    role = django_filters.ChoiceFilter(label="角色", choices=User.Role.choices, method="by_role")
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, method="by_state")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(roles__contains=[value])

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "off":
            return rows.filter(is_active=False)
        return rows.filter(is_active=True, must_change_password=value == "first")

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(person_matching(value.strip()))


class AccountFilter(django_filters.FilterSet):
    """Everybody's accounts by what the security administrator looks for."""

    state = django_filters.ChoiceFilter(label="状态", choices=SAFETY, method="by_state")
    kind = django_filters.ChoiceFilter(
        label="机构类别", choices=Organisation.Kind.choices, field_name="organisation__kind"
    )
    factor = django_filters.ChoiceFilter(label="动态口令", choices=FACTORS, method="by_factor")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "locked":
            return only_locked(rows, timezone.now())
        if value == "never":
            return rows.filter(last_login__isnull=True)
        return rows.filter(is_active=value == "on")

    def by_factor(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(has_factor=value == "1")

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(matching(value.strip()))
