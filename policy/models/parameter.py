"""The parameters that rules, clocks and formulas read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from policy.states import Force, ValueType


class Parameter(models.Model):
    """One key: what it means, in which unit, how hard it binds, who may narrow it."""

    key = models.CharField("参数", max_length=60, unique=True)
    label = models.CharField("名称", max_length=60)
    meaning = models.CharField("含义", max_length=300)
    unit = models.CharField("单位", max_length=20, blank=True)
    value_type = models.CharField("取值类型", max_length=12, choices=ValueType.choices)
    choices = ArrayField(
        models.CharField(max_length=20), verbose_name="可选值", default=list, blank=True
    )
    force = models.CharField("约束力", max_length=12, choices=Force.choices)
    narrowed_by = models.CharField("可收紧的主体", max_length=60, blank=True)
    clause_cell = models.CharField("依据", max_length=120)
    compared_on = models.DateField("最近核对原文日期")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "政策参数"
        verbose_name_plural = "政策参数"
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.label
