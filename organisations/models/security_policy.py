"""The rules of passwords, locks and sessions as the security administrator sets them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from organisations.models.user import User


class SecurityPolicy(models.Model):
    """One setting of all rules; the newest row is in force, the others are their history.

    The bounds are the database's: nobody can set a rule below what 等保 三级 asks.
    """

    db_privileges = "append"

    password_length = models.PositiveSmallIntegerField("口令最短长度", default=10)
    password_days = models.PositiveSmallIntegerField("口令更换周期", default=90)
    password_history = models.PositiveSmallIntegerField("不得重复最近几次口令", default=5)
    failure_limit = models.PositiveSmallIntegerField("连续失败锁定", default=5)
    lock_minutes = models.PositiveSmallIntegerField("锁定时长", default=30)
    idle_minutes = models.PositiveSmallIntegerField("空闲退出", default=30)
    absolute_hours = models.PositiveSmallIntegerField("会话最长时间", default=12)
    second_factor_kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="另须动态口令的机构"
    )
    reason = models.CharField("事由", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_id = models.BigIntegerField("设定人编号", null=True)
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        verbose_name = "安全策略"
        constraints = [
            models.CheckConstraint(
                condition=Q(password_length__range=(8, 64)), name="security_password_length"
            ),
            models.CheckConstraint(
                condition=Q(password_days__range=(30, 180)), name="security_password_days"
            ),
            models.CheckConstraint(
                condition=Q(password_history__range=(1, 24)), name="security_password_history"
            ),
            models.CheckConstraint(
                condition=Q(failure_limit__range=(3, 10)), name="security_failure_limit"
            ),
            models.CheckConstraint(
                condition=Q(lock_minutes__range=(10, 1440)), name="security_lock_minutes"
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__range=(5, 30)), name="security_idle_minutes"
            ),
            models.CheckConstraint(
                condition=Q(absolute_hours__range=(1, 12)), name="security_absolute_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.set_at:%Y-%m-%d %H:%M}"


class PasswordRecord(models.Model):
    """The hash of a password that a person had, so that it is not taken again too soon."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="password_records")
    password = models.CharField("散列", max_length=128)
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "历史口令"
        indexes = [models.Index(fields=["user", "-set_at"], name="password_record_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"
