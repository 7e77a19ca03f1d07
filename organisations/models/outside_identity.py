"""An account at an outside sign-in (OIDC) that its owner bound to the account here."""

from django.db import models

from organisations.models.user import User


class OutsideIdentity(models.Model):
    """`subject` is the issuer's own, unchanging name of the person; nothing is matched by name."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="outside_identities")
    issuer = models.CharField("签发方", max_length=200)
    subject = models.CharField("标识", max_length=255)
    bound_at = models.DateTimeField("绑定时间")

    class Meta:
        verbose_name = "外部登录"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="outside_identity_subject"),
            models.UniqueConstraint(fields=["issuer", "user"], name="outside_identity_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.issuer}"
