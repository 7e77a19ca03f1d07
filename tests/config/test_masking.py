"""S-12: no line of the log shows a mobile, identity card or bank card number, whoever quoted it."""

from __future__ import annotations

import logging
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.conf import settings

from config.masking import masked

MOBILE, CARD, BANK = "13879100001", "36010219900307451X", "6222021502001234567"


@pytest.mark.parametrize("number", [MOBILE, CARD, CARD.lower(), BANK, "6228480402564890"])
def test_number_of_a_person_is_masked_wherever_it_stands(number: str) -> None:
    for text in (number, f"电话{number}，请回复", f'{{"phone": "{number}"}}', f"({number})"):
        assert number not in masked(text)
        assert number[:3] in masked(text), "enough is left to find the place"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T03:00:00.123456Z", "91360000MA35T0000X", "XC10AAA002A001011210741",
        "877bc29d96f141868b5584a1f00fda6d", "BL202611-0001-H36110200002", "12879100001",
        "1763866800123", "360102199013074515", "0791-86000000", "23,870.15",
    ],
)  # fmt: skip
def test_codes_moments_and_amounts_stay_readable(text: str) -> None:
    assert masked(text) == text


def _formatted(**given: Any) -> str:
    """A line as the platform's handler writes it."""
    configured: Any = settings.LOGGING
    form = DictConfigurator(configured).configure_formatter(configured["formatters"]["plain"])
    record = logging.LogRecord("zhaocai", logging.ERROR, __file__, 1, "", (), None)
    record.__dict__.update(given)
    return str(form.format(record))


def test_the_configured_log_line_is_masked_message_arguments_and_traceback() -> None:
    try:
        raise ValueError(f"unexpected {CARD}")
    except ValueError as error:
        raised = (type(error), error, error.__traceback__)
    line = _formatted(msg="call %s from %s", args=(MOBILE, BANK), exc_info=raised)
    assert "unexpected" in line and "call 138" in line
    for number in (MOBILE, CARD, BANK):
        assert number not in line
