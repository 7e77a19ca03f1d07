"""What a reviewer's list shows of a report's lines, counted once and not at every reading."""

from django.db import models

from volumes.models.report import VolumeReport


class ReportCount(models.Model):
    """Counts of one report's lines against its task's limits; none before the first figure.

    Written by the statement triggers on the lines alone (migration 0004), always counted anew,
    never added to. Decisions count the lines themselves (`queries/review.py`); a test holds the
    two equal.
    """

    report = models.OneToOneField(
        VolumeReport, models.PROTECT, primary_key=True, related_name="counts"
    )
    lines = models.PositiveIntegerField("品种")
    flagged = models.PositiveIntegerField("偏差超过限度")
    unjudged = models.PositiveIntegerField("超过限度未审")
    returned = models.PositiveIntegerField("判为退回")
    dropped = models.PositiveIntegerField("低于限度的品种")
    unreported = models.PositiveIntegerField("有使用未报的品种")

    class Meta:
        verbose_name = "报量计数"

    def __str__(self) -> str:
        return f"{self.report_id}"
