"""What the endpoints of reporting tasks give and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from volumes.models import ReportTask
from volumes.operations.tasks.draft import TaskValues
from volumes.states.task import ReportLevel, TaskKind


def codes_field() -> serializers.ListField:
    """Codes; none means all."""
    return serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )


class ReportTaskSerializer(serializers.ModelSerializer[ReportTask]):
    """A task; policy values are those written down when it was opened."""

    batch = serializers.CharField(source="batch.code", read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ReportTask
        fields: tuple[str, ...] = (
            "task_no", "title", "kind", "batch", "year_no", "organisation", "region", "opens_at",
            "closes_at", "institution_kinds", "ownerships", "levels", "others_may",
            "split_by_manufacturer", "review_levels", "prior_from", "prior_to", "note", "drop_max",
            "rise_max", "deviation_clause", "letter_required", "letter_clause",
            "consortium_as_one", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class ReportTaskGroupSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(source="group.code")
    group_name = serializers.CharField(source="group.name")
    base_unit = serializers.CharField(source="group.base_unit")


class ReportTaskDetailSerializer(ReportTaskSerializer):
    groups = ReportTaskGroupSerializer(source="task_groups", many=True, read_only=True)

    class Meta(ReportTaskSerializer.Meta):
        fields = (*ReportTaskSerializer.Meta.fields, "groups")
        read_only_fields = fields


class NewReportTaskSerializer(serializers.Serializer[Any]):
    """The window is [opens_at, closes_at): the last second counts."""

    title = serializers.CharField(max_length=200)
    batch_code = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    group_codes = codes_field()
    region_codes = codes_field()
    institution_kinds = codes_field()
    ownerships = codes_field()
    levels = codes_field()
    others_may = serializers.BooleanField(required=False, default=True)
    split_by_manufacturer = serializers.BooleanField(required=False, default=False)
    review_levels = serializers.MultipleChoiceField(choices=ReportLevel.choices)
    prior_from = serializers.DateField(required=False, allow_null=True, default=None)
    prior_to = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class EditedReportTaskSerializer(NewReportTaskSerializer):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


def task_values(values: dict[str, Any]) -> TaskValues:
    """What the operation takes."""
    given = dict(values)
    given.pop("version", None)
    return TaskValues(**given | {"review_levels": sorted(given["review_levels"])})


class ReportStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class ReportProgressSerializer(serializers.Serializer[Any]):
    """Of obliged units; `missing` have not handed in."""

    region = serializers.CharField(source="region.code")
    region_name = serializers.CharField(source="region.name")
    obliged = serializers.IntegerField()
    submitted = serializers.IntegerField()
    missing = serializers.IntegerField()
    confirmed = serializers.IntegerField()
