"""The second factor of a person: a shared secret, and codes for the day the phone is lost."""

from django.db import models

from organisations.models.user import User


class SecondFactor(models.Model):
    """One secret per person, sealed with the platform's key; in use once a code has confirmed it.

    `last_step` is the half minute of the last code taken: no code of it or before is taken again.
    """

    db_privileges = "full"

    user = models.OneToOneField(User, models.PROTECT, related_name="second_factor")
    secret_sealed = models.TextField("密文")
    made_at = models.DateTimeField("生成时间")
    confirmed_at = models.DateTimeField("启用时间", null=True, blank=True)
    last_step = models.BigIntegerField("最近使用的时段", default=0)

    class Meta:
        verbose_name = "动态口令"

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """The keyed digest of a code that works once in place of the phone."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
