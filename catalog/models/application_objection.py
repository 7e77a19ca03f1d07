"""An objection that somebody of the trade raises while an application is published."""

from django.db import models
from django.db.models import Q

from catalog.models.application import ProductApplication
from catalog.states.application import OBJECTION_MACHINE, ObjectionState
from organisations.models.organisation import Organisation


class ApplicationObjection(models.Model):
    """One objection of one organisation; seen by itself, the applicant and the offices."""

    State = ObjectionState

    objection_no = models.CharField("异议编号", max_length=20, unique=True)
    application = models.ForeignKey(
        ProductApplication, models.PROTECT, related_name="objections", verbose_name="申请"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="提出单位"
    )
    text = models.TextField("异议内容")
    filed_at = models.DateTimeField("提出时间")
    filed_by_id = models.BigIntegerField("提出人编号", null=True)
    filed_by_name = models.CharField("提出人", max_length=150)
    rule_due_on = models.DateField("裁定期限", null=True, blank=True)
    ruling = models.TextField("裁定理由", blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "公示异议"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organisation"],
                condition=Q(state="open"),
                name="objection_one_open_per_organisation",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="objection_says_what"),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(ruling=""), name="objection_ruling_has_reason"
            ),
        ]
        triggers = [OBJECTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.objection_no
