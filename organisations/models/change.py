"""Changes of an organisation by application, and the names that it had."""

from django.db import models
from django.db.models import F, Q

from organisations.models.organisation import Organisation
from organisations.states import CHANGE_MACHINE, ChangeState


class OrganisationChange(models.Model):
    """A new name, a new code, a merger into another organisation, or a closure.

    Accepted, it takes effect on its day and not before; nothing earlier is rewritten.
    """

    db_privileges = "stage"

    State = ChangeState

    class Kind(models.TextChoices):
        RENAME = "rename", "变更名称"
        RECODE = "recode", "变更信用代码"
        MERGER = "merger", "并入其他机构"
        CLOSURE = "closure", "注销"

    change_no = models.CharField("申请编号", max_length=24, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="changes", verbose_name="机构"
    )
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    old_name = models.CharField("原名称", max_length=200)
    old_code = models.CharField("原编码", max_length=18)
    new_name = models.CharField("新名称", max_length=200, blank=True)
    new_code = models.CharField("新信用代码", max_length=18, blank=True)
    successor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="承接机构",
    )
    effective_on = models.DateField("生效日期")
    reason = models.TextField("事由")
    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="审核医保局"
    )
    review_note = models.TextField("审核意见", blank=True)
    created_at = models.DateTimeField("申请时间")
    created_by_name = models.CharField("申请人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "机构变更申请"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=Q(state__in=["submitted", "returned", "accepted"]),
                name="organisation_change_one_open_per_kind",
            ),
            models.CheckConstraint(
                condition=(Q(kind="rename") & ~Q(new_name=""))
                | (Q(kind="recode") & ~Q(new_code=""))
                | (Q(kind="merger") & Q(successor__isnull=False))
                | Q(kind="closure"),
                name="organisation_change_says_what",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("organisation")),
                name="organisation_change_not_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "state"], name="organisation_change_bureau"),
            models.Index(fields=["state", "effective_on"], name="organisation_change_due"),
        ]
        triggers = [CHANGE_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.change_no} {self.get_kind_display()}"


class FormerName(models.Model):
    """A name and code that an organisation had until a day, that day not included."""

    db_privileges = "append"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="former_names")
    name = models.CharField("曾用名", max_length=200)
    code = models.CharField("原编码", max_length=18)
    credit_code = models.CharField("原信用代码", max_length=18, blank=True)
    valid_to = models.DateField("止")
    change_no = models.CharField("依据申请", max_length=24)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)

    class Meta:
        verbose_name = "曾用名"
        indexes = [
            models.Index(fields=["organisation", "valid_to"], name="former_name_of"),
            models.Index(fields=["initials"], name="former_name_initials"),
        ]

    def __str__(self) -> str:
        return self.name
