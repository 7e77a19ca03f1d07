"""What can go wrong with the calendar, in words for the person who has to mend it."""

from __future__ import annotations

from collections.abc import Iterable


class CalendarYearMissing(LookupError):
    """A figure needs a year whose 节假日安排 has not been entered; `years` names them."""

    def __init__(self, years: Iterable[int]) -> None:
        self.years = sorted(years)
        named = "、".join(f"{year} 年" for year in self.years)
        super().__init__(
            f"{named}的节假日安排尚未录入，无法按工作日计算；"
            "请在国务院公布后由省级管理员在“工作日历”页上传该年日历，再重新计算"
        )


class CalendarUploadRefused(ValueError):
    """An uploaded year cannot be taken; `errors` has one Chinese message per bad line."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("；".join(errors[:5]))
