"""An import as the API gives it, and what its steps take."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interchange.models import DatasetImport
from interchange.queries.import_page import file_parts
from interchange.queries.imports import state_shown


class ImportSerializer(serializers.ModelSerializer[DatasetImport]):
    """`state` says where it stands; `progress` is the job's, `changes` what the check found."""

    state = serializers.SerializerMethodField()
    state_label = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = DatasetImport
        fields: tuple[str, ...] = (
            "import_no", "title", "size_bytes", "state", "state_label", "state_at", "note",
            "totals", "problem_count", "more_problems", "progress", "uploaded_at",
            "uploaded_by_name", "confirmed_at", "confirmed_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_state(self, row: DatasetImport) -> str:
        return str(state_shown(row)[0])

    def get_state_label(self, row: DatasetImport) -> str:
        return state_shown(row)[1]

    @extend_schema_field(
        {
            "type": "object",
            "nullable": True,
            "properties": {
                "done": {"type": "integer"},
                "total": {"type": "integer", "nullable": True},
                "stage": {"type": "string"},
            },
        }
    )
    def get_progress(self, row: DatasetImport) -> dict[str, Any] | None:
        if row.job is None:
            return None
        job = row.job
        return {"done": job.progress_done, "total": job.progress_total, "stage": job.stage}


class ImportDetailSerializer(ImportSerializer):
    """With the files' digests and the changes of each file; the first rows are on the page."""

    changes = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields: tuple[str, ...] = (*ImportSerializer.Meta.fields, "files", "changes")
        read_only_fields = fields

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_changes(self, row: DatasetImport) -> list[dict[str, Any]]:
        return [{"file": part.name, **part.counts} for part in file_parts(row)]


class ProblemSerializer(serializers.Serializer[Any]):
    """One mistake: which file, line and column, what stands there, what is wrong, the way out."""

    file = serializers.CharField()
    line = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()


class ImportUploadSerializer(serializers.Serializer[Any]):
    """One zip, or several CSV files, as multipart `files`."""

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1)


class ImportStepSerializer(serializers.Serializer[Any]):
    """`version` as it was read; a later one is refused."""

    version = serializers.IntegerField(required=False, min_value=1, allow_null=True)
