"""Whose account the demonstration hands out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interchange.queries.demo_cast import demo_cast
from organisations.models import Organisation
from tests.factories.organisations import organisation
from tests.factories.stages import order_line, parties, warning

pytestmark = pytest.mark.django_db


def _hospital(lines: int) -> Organisation:
    of = replace(parties(), institution=organisation(ownership="public"))
    for _ in range(lines):
        order_line(of)
    return of.institution


def test_the_hospital_is_the_busiest_where_none_has_a_warning_to_answer():
    _hospital(1)
    busy = _hospital(3)

    assert demo_cast()["hospital"] == busy.code


def test_a_hospital_with_a_warning_to_answer_goes_before_a_busier_one_without():
    answering = _hospital(1)
    warning(answering)
    busy = _hospital(3)
    warning(busy, state="recovered")

    assert demo_cast()["hospital"] == answering.code
