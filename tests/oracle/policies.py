"""The five policies as plain data: value per policy and clause cell of every parameter that a figure or a rule needs.

None means 'not in force'. Columns are in the order of POLICIES.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

POLICIES = ("jiangxi-2019", "jiangxi-2024", "jiangxi-2026", "shandong-2023", "shaanxi-2024")
FALLBACK = "jiangxi-2024"
OWN_DOCUMENT = {
    "jiangxi-2019": "赣2019",
    "jiangxi-2024": "赣2024",
    "jiangxi-2026": "赣2026",
    "shandong-2023": "鲁",
    "shaanxi-2024": "陕",
}

# Province (first two digits of its code): policies in force from a date, the latest one counts.
PROVINCE_POLICIES: dict[str, list[tuple[date, str]]] = {
    "36": [
        (date(2019, 12, 1), "jiangxi-2019"),
        (date(2024, 6, 7), "jiangxi-2024"),
        (date(2026, 1, 1), "jiangxi-2026"),
    ],
    "37": [(date(2023, 3, 1), "shandong-2023")],
    "61": [(date(2024, 3, 18), "shaanxi-2024")],
}

PARAMETERS: dict[str, tuple[tuple[str | None, ...], str]] = {
    "report_drop_max": ((None, "0.20", "0.20", "0", None), "赣2024 十二; 鲁 指标一"),
    "report_rise_max": ((None, "1.50", "1.50", None, None), "赣2024 十二"),
    "entry_check_month": ((None, "3", "3", None, None), "赣2024 二"),
    "response_hours": (("48",) * 5, "赣2024 十六"),
    "delivery_hours": (("72",) * 5, "platform default"),
    "urgent_delivery_hours": (("24",) * 5, "platform default"),
    "response_rate_min": ((None, "0.95", "0.95", None, None), "赣2024 三"),
    "on_time_rate_min": ((None, "0.90", "0.90", None, None), "赣2024 三"),
    "on_time_quarters": ((None, "2", "2", None, None), "赣2024 三"),
    "fulfilment_rate_min": ((None, None, None, "0.80", None), "鲁 指标二"),
    "reply_workdays": ((None, "2", "2", "2", None), "赣2024 四; 鲁 指标三"),
    "promise_workdays": ((None, "5", "5", None, None), "赣2024 四"),
    "schedule_check": (("1",) * 5, "赣2024 五; 鲁 指标四; 陕 五"),
    "overrun_multiple": ((None, None, None, "4", None), "鲁 指标四"),
    "non_selected_share_max": (
        (None, "0.30", None, "0.50", "0.50"),
        "赣2024 五; 赣2026 考核; 鲁 指标五; 陕 四(三)",
    ),
    "substitute_ratio_max": ((None, "1", "1", "1", None), "赣2024 五; 鲁 指标六"),
    "unreported_share_max": (
        (None, "0.50", "0.50", None, None),
        "赣2024 五 (the number: platform default)",
    ),
    "receipt_workdays": (("3",) * 5, "鲁 指标七 (the number: platform default)"),
    "abnormal_multiple": (("3",) * 5, "鲁 指标七 (the number: platform default)"),
    "payment_due": ((None, "1", "1", None, "1"), "赣2024 八; 陕 四(四)"),
    "payment_mode": (
        ("fund", "fund", "fund", "institution", "institution"),
        "赣2024 八; 陕 四(四)",
    ),
    "behind_orange": (("0.10",) * 5, "platform default"),
    "behind_red": (("0.25",) * 5, "platform default"),
    "min_lines": (("10",) * 5, "platform default"),
    "min_deliveries": (("3",) * 5, "platform default"),
}

REMARK = re.compile(r"\s*\(the number: .*\)$")


def province_policy(province_code: str, day: date) -> str | None:
    """The province's own policy in force on a day, or None."""
    found = None
    for since, policy in PROVINCE_POLICIES.get(province_code[:2], []):
        if since <= day:
            found = policy
    return found


def policy_value(policy: str | None, parameter: str) -> str | None:
    """The value in a policy, None where it is not in force (or there is no policy)."""
    if policy is None:
        return None
    return PARAMETERS[parameter][0][POLICIES.index(policy)]


def policy_clause(policy: str, parameter: str) -> str:
    """The entry of the clause cell that names the policy's own document, else the first, without its remark."""
    entries = [REMARK.sub("", entry.strip()) for entry in PARAMETERS[parameter][1].split(";")]
    for entry in entries:
        if entry.split(" ")[0] == OWN_DOCUMENT[policy]:
            return entry
    return entries[0]


@dataclass(frozen=True)
class Terms:
    """The parameters that hold for one subject: a policy (or none) with a batch's overrides."""

    policy: str | None
    overrides: dict[str, tuple[str, str | None]]

    def in_force(self, parameter: str) -> str | None:
        """The value for a rule; None: no warning comes of it."""
        if parameter in self.overrides:
            return self.overrides[parameter][0]
        return policy_value(self.policy, parameter)

    def value(self, parameter: str) -> str:
        """The value for a figure: where none is in force, that of the fallback policy."""
        found = self.in_force(parameter) or policy_value(FALLBACK, parameter)
        assert found is not None
        return found

    def clause(self, parameter: str) -> str:
        """The clause cited by a warning."""
        own = self.overrides.get(parameter, ("", None))[1]
        if own:
            return own
        assert self.policy is not None
        return policy_clause(self.policy, parameter)
