"""Choices of the policy app."""

from django.db import models


class ValueType(models.TextChoices):
    NUMBER = "number", "数值"
    RATIO_LIST = "ratio_list", "比例列表"
    CHOICE = "choice", "选项"
    TEXT = "text", "文本"


class Force(models.TextChoices):
    """How hard the text that a parameter comes from binds."""

    MANDATORY = "mandatory", "硬性"
    IN_PRINCIPLE = "in_principle", "原则上"
    ENCOURAGED = "encouraged", "鼓励"
    PLATFORM = "platform", "平台默认"


class Origin(models.TextChoices):
    SEED = "seed", "随平台发布"
    PAGE = "page", "页面设定"
