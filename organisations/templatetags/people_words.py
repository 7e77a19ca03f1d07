"""Words for people in templates. `{% load people_words %}`"""

from __future__ import annotations

from django import template

from organisations.models import User
from organisations.queries.people import role_words

register = template.Library()


@register.filter
def roles_in_words(person: User) -> str:
    """The person's roles, or the platform role, in Chinese."""
    return role_words(person) or "—"
