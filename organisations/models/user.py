"""People: each belongs to one organisation and has roles in it."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.pinyin import InitialsField
from organisations.models.organisation import Organisation


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


@pghistory.track(exclude=["password", "last_login", "initials", "row_version"])
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # untyped in knox
    """A person's account, or the service user of an API token.

    Business people have an organisation and roles. The three platform administrators (三员) have
    exactly one platform role, no business role, and see no business data (GB/T 22239-2019 8.1.5).
    """

    class Role(models.TextChoices):
        CLERK = "clerk", "经办"
        REVIEWER = "reviewer", "审核"
        LEADER = "leader", "负责人"
        STOREKEEPER = "storekeeper", "库管"
        ACCOUNTANT = "accountant", "财务"
        ADMIN = "admin", "机构管理员"
        IMPORTER = "importer", "数据导入"
        LEADS = "leads", "线索查办"

    class PlatformRole(models.TextChoices):
        SYSTEM = "system", "系统管理员"
        SECURITY = "security", "安全管理员"
        AUDITOR = "auditor", "审计员"

    username = models.CharField("用户名", max_length=150, unique=True)
    name = models.CharField("姓名", max_length=100)
    initials = InitialsField("拼音首字母")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="users", verbose_name="机构"
    )
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        default=list,
        verbose_name="角色",
    )
    platform_role = models.CharField(
        "平台角色", max_length=10, choices=PlatformRole.choices, blank=True
    )
    phone = models.CharField("电话", max_length=30, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_service = models.BooleanField("接口账号", default=False)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("改密时间", null=True)
    session_epoch = models.PositiveIntegerField("会话版本", default=0)
    created_at = models.DateTimeField("开户时间")
    created_by_name = models.CharField("开户人", max_length=150, blank=True)
    row_version = models.PositiveIntegerField("版本", default=1, db_default=1)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.CheckConstraint(
                condition=Q(platform_role="") | Q(roles=[]),
                name="user_platform_role_stands_alone",
            ),
            models.CheckConstraint(
                condition=Q(platform_role="") | Q(is_service=False),
                name="user_platform_role_is_a_person",
            ),
            models.CheckConstraint(
                condition=Q(platform_role__in=["", "system", "security", "auditor"]),
                name="user_platform_role_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    roles__contained_by=[
                        "clerk",
                        "reviewer",
                        "leader",
                        "storekeeper",
                        "accountant",
                        "admin",
                        "importer",
                        "leads",
                    ]
                ),
                name="user_roles_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Nobody enters Django's own administration site; it is not installed."""
        return False

    acting_for: User | None = None
    """Whom the person stands in for in this request (代办); set by the session, never stored."""

    @property
    def effective_roles(self) -> list[str]:
        """Own roles, or those of the colleague that one stands in for, but never their 管理员."""
        if self.acting_for is None:
            return list(self.roles)
        return [role for role in self.acting_for.roles if role != User.Role.ADMIN]

    @property
    def audit_id(self) -> int | None:
        return self.pk

    @property
    def audit_name(self) -> str:
        if self.acting_for is not None:
            return f"{self.name}（代{self.acting_for.name}）（{self.username}）"
        return f"{self.name}（{self.username}）"

    @property
    def audit_organisation_id(self) -> int | None:
        return self.organisation_id

    @property
    def audit_organisation_name(self) -> str:
        return self.organisation.name
