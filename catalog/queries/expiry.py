"""How soon a 注册证 runs out, by the days that the province has set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.queries.application_offices import provinces_with_bureau
from catalog.queries.province_values import province_values, whole_days
from organisations.models import Region
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class ExpiryDays:
    """So many days before its last one a paper is announced (yellow), and pressing (orange)."""

    notice: int
    urgent: int

    def stage(self, left: int | None) -> tuple[str, str]:
        """Words and badge level of a paper with so many days left; None: no paper holds."""
        if left is None:
            return "没有现行登记", "grey"
        if left <= 0:
            return "已到期，暂停采购", "red"
        if left <= self.urgent:
            return f"{left} 天后到期", "orange"
        if left <= self.notice:
            return f"{left} 天后到期", "yellow"
        return "有效", "green"


def expiry_days(scope: Scope, on: date) -> ExpiryDays:
    """As the reader's province has set them; of a reader from elsewhere the first one served."""
    province = Region.objects.filter(pk=scope.province_id).first() if scope.province_id else None
    served = provinces_with_bureau()
    if province not in served:
        province = next(iter(served), None)
    values = province_values(province, on)
    return ExpiryDays(
        notice=whole_days(values["registration_notice_days"]),
        urgent=whole_days(values["registration_urgent_days"]),
    )
