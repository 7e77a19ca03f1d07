"""What a value may look like."""

from decimal import Decimal

import pytest

from policy.queries.parse import (
    InvalidParameterValue,
    parse_ratios,
    parse_value,
    ratio_for,
)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("response_hours", "24", Decimal(24)),
        ("non_selected_share_max", "0.4", Decimal("0.4")),
        ("non_selected_share_max", "0.4000", Decimal("0.4")),
        ("non_selected_share_max", "-0", Decimal(0)),
        ("dual_approval_amount", "99999999999999.9999", Decimal("99999999999999.9999")),
        ("retention_basis", "reported", "reported"),
        ("payment_mode", "fund", "fund"),
        ("prepay_recipient", "agency", "agency"),
        ("settlement_payee", "manufacturer", "manufacturer"),
        ("agreed_ratio", "0.8", "0.8"),
        ("agreed_ratio", "0.50/0.60/0.70/0.80", "0.50/0.60/0.70/0.80"),
        ("half_year_report", "01-10, 07-10", "01-10, 07-10"),
    ],
)
def test_value_is_read(key: str, text: str, value: Decimal | str) -> None:
    assert parse_value(key, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("response_hours", text)
        for text in (
            *(
                "",
                " ",
                "+1",
                "1 ",
                " 1",
                "1e3",
                "1,000",
                ".5",
                "1.",
                "0.12345",
                "-1",
                "NaN",
            ),
            *("１２", "٣", "1" * 15, "Infinity", "0x10", "1\n", "1_000", "二十"),
        )
    ]
    + [
        ("retention_basis", "max"),
        ("retention_basis", "MIN"),
        ("payment_mode", "agency"),
        ("prepay_recipient", "fund"),
        ("settlement_payee", "1"),
        ("agreed_ratio", "0.1/0.2/0.3/0.4/0.5"),
        ("agreed_ratio", "0.5//0.6"),
        ("agreed_ratio", "0.5/"),
        ("agreed_ratio", "-0.5"),
        ("half_year_report", ""),
        ("half_year_report", "长" * 61),
    ],
)
def test_value_is_refused_in_chinese(key: str, text: str) -> None:
    with pytest.raises(InvalidParameterValue, match=r"[\u4e00-\u9fff]{2,}"):
        parse_value(key, text)


@pytest.mark.parametrize("key", ["non_selected_share_max", "prepay_ratio", "on_time_rate_min"])
def test_share_is_one_at_most(key: str) -> None:
    assert parse_value(key, "1") == 1
    with pytest.raises(InvalidParameterValue, match="不能超过 100%"):
        parse_value(key, "1.4")


@pytest.mark.parametrize("text", ["1.4", "0.50/0.60/0.70/80"])
def test_no_agreed_quantity_exceeds_what_was_reported(text: str) -> None:
    assert parse_value("agreed_ratio", "0.8/1") == "0.8/1"
    with pytest.raises(InvalidParameterValue, match="约定采购比例不能超过 100%"):
        parse_value("agreed_ratio", text)


def test_what_is_no_share_may_be_more_than_one() -> None:
    assert parse_value("report_rise_max", "1.50") == Decimal("1.5")


def test_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(InvalidParameterValue, match="没有“respons_hours”这个政策参数"):
        parse_value("respons_hours", "24")


@pytest.mark.parametrize(("enterprises", "ratio"), [(1, "0.5"), (2, "0.6"), (4, "0.8"), (9, "0.8")])
def test_ratio_follows_the_number_of_enterprises(enterprises: int, ratio: str) -> None:
    assert ratio_for("0.50/0.60/0.70/0.80", enterprises) == Decimal(ratio)
    assert ratio_for("1", enterprises) == Decimal(1)
    assert len(parse_ratios("0.50/0.60/0.70/0.80")) == 4
