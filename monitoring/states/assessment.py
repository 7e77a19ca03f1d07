"""Why a group failed its 年度考核; the first that applies is the row's."""

from django.db import models

ASSESSMENT_CLAUSE = "赣医保字〔2024〕22号 十四（一）"
ENTITLED_CLAUSE = "赣医保字〔2024〕22号 九"


class Because(models.TextChoices):
    NO_AGREEMENT = "no_agreement", "没有已生效的协议"
    INCOMPLETE = "incomplete", "约定采购量未完成"
    NON_SELECTED = "non_selected", "非中选占比超过上限"
