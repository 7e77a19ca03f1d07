"""Coded reasons: of an institution for a deviation, of a bureau for returning a line."""

from __future__ import annotations

from django.db import models


class DeviationReason(models.TextChoices):
    CLINICAL_DEMAND = "clinical_demand", "临床需求变化"
    NEW_SERVICE = "new_service", "新开科室或诊疗项目"
    SERVICE_ENDED = "service_ended", "科室或诊疗项目停止"
    TREATMENT_CHANGED = "treatment_changed", "诊疗规范或技术更新"
    SUBSTITUTED = "substituted", "改用其他品种"
    SHORT_SUPPLY = "short_supply", "上年供应不足，实际用量不代表需求"
    ONE_OFF = "one_off", "上年有疫情等一次性用量"
    STOCK = "stock", "库存较多"
    MERGED = "merged", "机构合并、分立或搬迁"
    OTHER = "other", "其他（须写明）"


class ReturnReason(models.TextChoices):
    TOO_LOW = "too_low", "报量明显偏低，疑似少报"
    TOO_HIGH = "too_high", "报量明显偏高"
    NOT_REPORTED = "not_reported", "有使用而未报量"
    UNEXPLAINED = "unexplained", "说明不充分"
    UNIT = "unit", "疑似计量单位填错"
    SPLIT = "split", "厂牌拆分不合理"
    LETTER = "letter", "承诺函不符合要求"
    OTHER = "other", "其他（须写明）"


class LineReview(models.TextChoices):
    """What the bureau that has the report said of a line; empty: nothing yet."""

    ACCEPTED = "accepted", "通过"
    RETURNED = "returned", "退回"
