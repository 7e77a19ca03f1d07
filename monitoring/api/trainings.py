"""培训和年度会议 under /api/v1/, and the coverage of a year."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from monitoring.filters.training import CoverageFilter, TrainingFilter
from monitoring.models import Training
from monitoring.operations.trainings import TrainingWords, perform_training_step, save_training
from monitoring.queries.trainings import (
    attendances_of,
    keeps_trainings,
    training_files,
    visible_training_targets,
    visible_trainings,
)
from monitoring.states.training import TRAINING_CLAUSE
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.views.files import served


class TrainingAttendedSerializer(serializers.Serializer[Any]):
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    people = serializers.IntegerField(read_only=True)


class TrainingSerializer(serializers.ModelSerializer[Training]):
    organiser: Any = serializers.CharField(source="organiser.code", read_only=True)
    organiser_name: Any = serializers.CharField(source="organiser.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Training
        fields = (
            "training_no", "kind", "organiser", "organiser_name", "title", "held_on", "place",
            "content", "own_people", "people", "note", "state", "version",
        )  # fmt: skip
        read_only_fields = fields


class TrainingNewSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Training.Kind.choices)
    title = serializers.CharField(max_length=200)
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    content = serializers.CharField(max_length=4000)
    attended = serializers.CharField(
        max_length=200_000, required=False, allow_blank=True, default=""
    )
    own_people = serializers.IntegerField(min_value=0, max_value=10_000, required=False, default=0)
    files = uploads_field(required=False, default=list)


class TrainingEditSerializer(TrainingNewSerializer):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class TrainingStepSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=("record", "recall"))
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class TrainingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """培训和年度会议记录。"""

    serializer_class = TrainingSerializer
    filterset_class = TrainingFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "training_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Training]:
        return visible_trainings(scope).select_related("organiser")

    def _save(self, request: Request, values: dict[str, Any], row: Training | None) -> Training:
        files, version = values.pop("files"), values.pop("version", None)
        return save_training(
            words=TrainingWords(**values), training=row, uploads=files, by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=version,
        )  # fmt: skip

    @extend_schema(request=TrainingNewSerializer, responses={201: TrainingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记；attended 每行“机构代码 人数”。"""
        if not keeps_trainings(self.scope):
            raise NotYours("培训记录由医保局和医疗机构的经办、审核或负责人登记", TRAINING_CLAUSE)
        made = self._save(request, values_of(TrainingNewSerializer, request), None)
        data = self.get_serializer(self.visible(self.scope).get(pk=made.pk)).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(request=TrainingEditSerializer, responses=TrainingSerializer)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改登记中的记录；参加单位整体替换。"""
        row = self.get_object()
        self._save(request, values_of(TrainingEditSerializer, request), row)
        return Response(self.get_serializer(self.visible(self.scope).get(pk=row.pk)).data)

    @extend_schema(request=TrainingStepSerializer, responses=TrainingSerializer)
    @action(detail=True, methods=["post"])
    def step(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记完成，或退回更正。"""
        values = values_of(TrainingStepSerializer, request)
        row = self.get_object()
        perform_training_step(
            training=row, verb=values["verb"], note=values["note"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(self.visible(self.scope).get(pk=row.pk)).data)

    @extend_schema(responses=TrainingAttendedSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def attended(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """参加单位和人数；参加单位只看到自己的一行。"""
        rows = attendances_of(self.scope, self.get_object())
        return Response(TrainingAttendedSerializer(rows, many=True).data)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """培训材料。"""
        return Response(KeptFileSerializer(training_files(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份材料的内容。"""
        return served(request, training_files(self.get_object()), kwargs["file_id"])


class TrainingCoverageSerializer(serializers.ModelSerializer[Organisation]):
    policy = serializers.IntegerField(read_only=True)
    platform = serializers.IntegerField(read_only=True)
    meeting = serializers.IntegerField(read_only=True)
    newest_on = serializers.DateField(read_only=True)

    class Meta:
        model = Organisation
        fields = ("code", "name", "policy", "platform", "meeting", "newest_on")
        read_only_fields = fields


class TrainingCoverageViewSet(mixins.ListModelMixin, ScopedViewSet):
    """本地区医疗机构当年参加培训的次数。"""

    serializer_class = TrainingCoverageSerializer
    filterset_class = CoverageFilter
    token_subject = "warnings"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        said = self.request.query_params.get("year", "")
        plain = said.isascii() and said.isdigit() and len(said) == 4
        year = int(said) if plain else timezone.localdate().year
        return visible_training_targets(scope, year)
