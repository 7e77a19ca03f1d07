"""The calendar that deadlines are counted in.

Only published years have days here; a year whose 节假日安排 is not out yet is provisional
(core.workdays.provisional) and never numbered.
"""

from django.db import models
from django.db.models import Q


class CalendarYear(models.Model):
    """A calendar year and whether the State Council's arrangement for it is in."""

    class Status(models.TextChoices):
        PUBLISHED = "published", "已公布"
        PROVISIONAL = "provisional", "暂定"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=12, choices=Status.choices)
    source = models.CharField("来源", max_length=200)
    uploaded_at = models.DateTimeField("记录时间")
    uploaded_by_id = models.BigIntegerField("上传人编号", null=True, blank=True)
    uploaded_by_name = models.CharField("上传人", max_length=60)

    class Meta:
        app_label = "core"
        verbose_name = "工作日历年度"
        verbose_name_plural = "工作日历年度"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}年（{self.get_status_display()}）"


class CalendarDay(models.Model):
    """One day of a published year.

    workday_no counts the working days from the first published year's 1 January up to and
    including this date, so N working days after a day is one join (core/workdays/deadlines.py).
    """

    date = models.DateField("日期", primary_key=True)
    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    is_workday = models.BooleanField("工作日")
    name = models.CharField("说明", max_length=60, blank=True)
    workday_no = models.IntegerField("工作日序号")

    class Meta:
        app_label = "core"
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["workday_no"],
                condition=Q(is_workday=True),
                name="core_calendarday_one_workday_per_no",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"
