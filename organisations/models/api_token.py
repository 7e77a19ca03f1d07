"""Tokens with which an organisation's own system acts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken

from core.pinyin import InitialsField
from organisations.models.organisation import Organisation


class ApiToken(AbstractAuthToken):
    """A hashed token of a service user; shown once, limited to scopes, revocable."""

    db_privileges = "full"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_tokens")
    name = models.CharField("名称", max_length=100)
    initials = InitialsField("拼音首字母")
    scopes = ArrayField(models.CharField(max_length=40), default=list, verbose_name="范围")
    per_minute = models.PositiveIntegerField("每分钟请求上限", null=True, blank=True)
    """Empty: the platform's own limit (API_TOKEN_PER_MINUTE)."""
    created_by_name = models.CharField("创建人", max_length=150)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"

    def __str__(self) -> str:
        return self.name
