"""Filters that pages, exports and the API share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from core.jobs.models import Job
from monitoring.models import EntryCheck, FigureColumns, IndicatorValue, Warning
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.queries.product_demand import NOT_IN_FORCE
from monitoring.queries.search import figures_about, warnings_about
from monitoring.rules import ALL_RULES
from monitoring.states import (
    ANSWERER_STATES,
    BUREAU_STATES,
    ENTRY_OPEN_STATES,
    ENTRY_REASONS,
    FORBIDDEN_REASONS,
    OPEN_STATES,
)
from volumes.models import VolumeReportLine

IN_FORCE = [each for each in VolumeReportLine.Status.choices if each[0] not in NOT_IN_FORCE]
STAGES = (
    ("open", "未办结"),
    ("answer", "待答复"),
    ("verify", "待核实"),
    ("closed", "已办结"),
    ("recovered", "已恢复"),
)


def validate_month(text: str) -> None:
    """A month as YYYY-MM; the message says how to write one."""
    try:
        parse_month(text)
    except MalformedMonth as malformed:
        # As a parameter: messages are %-formatted, and it repeats what was typed.
        raise ValidationError("%(said)s", params={"said": str(malformed)}) from malformed


class WarningFilter(django_filters.FilterSet):
    """Warnings by severity, rule, stage of handling, subject, batch, month and words."""

    severity = django_filters.ChoiceFilter(label="级别", choices=Warning.Severity.choices)
    rule = django_filters.ChoiceFilter(
        label="规则", choices=[(rule.code, rule.label) for rule in ALL_RULES]
    )
    stage = django_filters.ChoiceFilter(label="办理", choices=STAGES, method="by_stage")
    subject_type = django_filters.CharFilter(label="对象类型")
    subject_code = django_filters.CharFilter(label="对象")
    batch = django_filters.CharFilter(label="批次", field_name="batch_code")
    group = django_filters.CharFilter(label="品种", field_name="group_code")
    month = django_filters.CharFilter(label="月份", method="by_month", validators=[validate_month])
    q = django_filters.CharFilter(label="查找", method="by_words")

    class Meta:
        model = Warning
        fields: tuple[str, ...] = ()

    def by_stage(self, rows: QuerySet[Warning], name: str, value: str) -> QuerySet[Warning]:
        states: dict[str, Any] = {
            "open": OPEN_STATES,
            "answer": ANSWERER_STATES,
            "verify": BUREAU_STATES,
            "closed": {"closed"},
            "recovered": {"recovered"},
        }
        return rows.filter(state__in=states[value])

    def by_month(self, rows: QuerySet[Warning], name: str, value: str) -> QuerySet[Warning]:
        """Warnings that were broken in that month."""
        return rows.filter(months__month=parse_month(value))

    def by_words(self, rows: QuerySet[Warning], name: str, value: str) -> QuerySet[Warning]:
        """Number, code, name or pinyin initials of the subject."""
        return warnings_about(rows, value.strip())


class IndicatorValueFilter(django_filters.FilterSet):
    """Figures of a month by window, subject, region, batch, group, product, category and words."""

    window = django_filters.ChoiceFilter(label="期间", choices=IndicatorValue.Window.choices)
    subject_type = django_filters.ChoiceFilter(
        label="对象类型", choices=IndicatorValue.Subject.choices
    )
    subject_code = django_filters.CharFilter(label="对象")
    batch = django_filters.CharFilter(label="批次", field_name="batch_code")
    group = django_filters.CharFilter(label="品种", field_name="group_code")
    product = django_filters.CharFilter(label="产品", field_name="product_code")
    category = django_filters.CharFilter(label="类别")
    province = django_filters.CharFilter(label="省份", field_name="province__code")
    city = django_filters.CharFilter(label="设区市", field_name="city__code")
    county = django_filters.CharFilter(label="县（市、区）", field_name="county__code")
    pool = django_filters.CharFilter(label="统筹区", field_name="pool__code")
    assessed = django_filters.ChoiceFilter(
        label="考核", choices=(("1", "纳入考核"), ("0", "不纳入考核")), method="by_assessed"
    )
    q = django_filters.CharFilter(label="查找", method="by_words")

    class Meta:
        # Of an ended month's figures and of the running one's.
        model = FigureColumns
        fields: tuple[str, ...] = ()

    def by_assessed(
        self, rows: QuerySet[IndicatorValue], name: str, value: str
    ) -> QuerySet[IndicatorValue]:
        return rows.filter(assessed=value == "1")

    def by_words(
        self, rows: QuerySet[IndicatorValue], name: str, value: str
    ) -> QuerySet[IndicatorValue]:
        """Code, name or pinyin initials of the subject, the group or the product."""
        return figures_about(rows, value.strip())


class JobFilter(django_filters.FilterSet):
    """Long work by state, and one's own where one sees others' too."""

    state = django_filters.ChoiceFilter(label="状态", choices=Job.State.choices)
    mine = django_filters.ChoiceFilter(
        label="发起人", choices=(("1", "只看我的"),), method="by_asker"
    )

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()

    def by_asker(self, rows: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        return rows.filter(requested_by_id=self.request.user.pk)


ENTRY_STAGES = (("open", "未进院"), *EntryCheck.State.choices)


class EntryCheckFilter(django_filters.FilterSet):
    """进院 checks by state, reason, batch, product, institution, place and words."""

    stage = django_filters.ChoiceFilter(label="状态", choices=ENTRY_STAGES, method="by_stage")
    reason = django_filters.ChoiceFilter(
        label="原因", field_name="reason_code", choices=ENTRY_REASONS
    )
    forbidden = django_filters.ChoiceFilter(
        label="理由", choices=(("1", "不得采用的理由"),), method="by_forbidden"
    )
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    county = django_filters.CharFilter(
        label="县（市、区）代码", field_name="county__code", max_length=6
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = EntryCheck
        fields: tuple[str, ...] = ()

    def by_stage(self, rows: QuerySet[EntryCheck], name: str, value: str) -> QuerySet[EntryCheck]:
        return rows.filter(state__in=ENTRY_OPEN_STATES if value == "open" else [value])

    def by_forbidden(
        self, rows: QuerySet[EntryCheck], name: str, value: str
    ) -> QuerySet[EntryCheck]:
        return rows.filter(reason_code__in=list(FORBIDDEN_REASONS))

    def by_words(self, rows: QuerySet[EntryCheck], name: str, value: str) -> QuerySet[EntryCheck]:
        return rows.filter(
            Q(check_no=value.strip()) | named(value, "product__") | named(value, "institution__")
        )


class DemandFilter(django_filters.FilterSet):
    """Report lines of one group by batch, year, state and reporting unit."""

    batch = django_filters.CharFilter(label="批次", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度", min_value=1, max_value=99)
    status = django_filters.ChoiceFilter(label="状态", choices=IN_FORCE)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = VolumeReportLine
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[VolumeReportLine], name: str, value: str
    ) -> QuerySet[VolumeReportLine]:
        words = value.strip()
        return rows.filter(
            Q(institution__name__icontains=words)
            | Q(institution__code=words)
            | Q(institution__initials__istartswith=words)
        )
