"""Records of trainings and yearly meetings, and who attended."""

from django.db import models
from django.db.models import Q

from monitoring.states.training import TRAINING_MACHINE, TrainingKind, TrainingState
from organisations.models.stamps import party


class Training(models.Model):
    """One training or meeting of a bureau, or of an institution among its own staff.

    The regions are the organiser's own and those above it. Attendance can be changed while it is a
    draft; recorded, it counts in the coverage of its year.
    """

    Kind = TrainingKind
    State = TrainingState

    training_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    organiser = party("organisations.Organisation", "组织单位")
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    title = models.CharField("主题", max_length=200)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=200, blank=True)
    content = models.TextField("内容", max_length=4000)
    own_people = models.PositiveIntegerField("本单位参加人数", default=0)
    people = models.PositiveIntegerField("参加人数", default=0)
    note = models.TextField("更正原因", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "培训记录"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="held") | Q(people__gt=0), name="training_somebody_came"
            ),
        ]
        indexes = [
            models.Index(fields=["organiser", "-id"], name="training_organiser"),
            models.Index(fields=["province", "-id"], name="training_province"),
        ]
        triggers = [TRAINING_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.training_no


class TrainingAttendance(models.Model):
    """How many people of one organisation came."""

    db_privileges = "full"

    training = models.ForeignKey(Training, models.PROTECT, related_name="attendances")
    organisation = party("organisations.Organisation", "参加单位")
    people = models.PositiveIntegerField("人数")

    class Meta:
        verbose_name = "培训参加单位"
        constraints = [
            models.UniqueConstraint(
                fields=["training", "organisation"], name="training_attendance_once"
            ),
            models.CheckConstraint(condition=Q(people__gt=0), name="training_attendance_positive"),
        ]
        indexes = [models.Index(fields=["organisation"], name="training_attendance_of")]

    def __str__(self) -> str:
        return f"{self.training_id} {self.organisation_id}"
