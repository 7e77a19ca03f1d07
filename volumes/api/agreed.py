"""Agreed quantities by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.operations.table_upload import TableRefused
from catalog.queries.visible import visible_batches
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.models import Organisation
from organisations.queries.scope import Scope
from volumes.filters import AgreedFilter, AgreedShareFilter, RoundFilter
from volumes.models import AgreedQuantity, AgreedRound, AgreedShare
from volumes.operations.agreed.agreements import request_agreements
from volumes.operations.agreed.choose import choose_products
from volumes.operations.agreed.publish import HEADINGS, read_published, take_published
from volumes.operations.agreed.rounds import confirm_round, open_round, request_computation
from volumes.queries.agreed import (
    opens_rounds,
    visible_agreed_quantities,
    visible_agreed_rounds,
    visible_agreed_shares,
)
from volumes.states.agreed import CLAUSE

QUANTITY: dict[str, Any] = {"max_digits": 18, "decimal_places": 4}


class RoundSerializer(serializers.ModelSerializer[AgreedRound]):
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = AgreedRound
        fields = (
            "round_no", "batch", "year_no", "organisation_name", "choice_until", "unbound_levels",
            "unbound_clause", "ratios", "ratio_clause", "opened_at", "computed_at", "state",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class NewRoundSerializer(serializers.Serializer[Any]):
    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    choice_until = serializers.DateTimeField()
    unbound_levels = serializers.ListField(
        child=serializers.ChoiceField(choices=Organisation.Level.choices), required=False,
        default=list,
    )  # fmt: skip
    unbound_clause = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default=""
    )


class RoundStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ChoiceSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(max_length=40)
    product = serializers.CharField(max_length=27)
    share = serializers.IntegerField(min_value=1, max_value=100)


class ChoicesSerializer(serializers.Serializer[Any]):
    choices = serializers.ListField(child=ChoiceSerializer(), max_length=2000)


class PublishedSerializer(serializers.Serializer[Any]):
    holder_code = serializers.CharField(max_length=18)
    product = serializers.CharField(max_length=27)
    published_qty = serializers.CharField(max_length=30)


class PublishedRowsSerializer(serializers.Serializer[Any]):
    rows = serializers.ListField(child=PublishedSerializer(), min_length=1, max_length=5000)


class WrittenSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(read_only=True)


class AgreedQuantitySerializer(serializers.ModelSerializer[AgreedQuantity]):
    round: Any = serializers.CharField(source="round.round_no", read_only=True)
    group: Any = serializers.CharField(source="group.code", read_only=True)
    group_name: Any = serializers.CharField(source="group.name", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = AgreedQuantity
        fields = (
            "round", "institution", "institution_name", "group", "group_name", "reported_qty",
            "enterprises", "ratio", "computed_qty", "published_qty", "agreed_qty", "unplaced_qty",
            "basis",
        )  # fmt: skip
        read_only_fields = fields


class AgreedShareSerializer(serializers.ModelSerializer[AgreedShare]):
    round: Any = serializers.CharField(source="quantity.round.round_no", read_only=True)
    product: Any = serializers.CharField(source="product.code", read_only=True)
    product_name: Any = serializers.CharField(source="product.name", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = AgreedShare
        fields = (
            "round", "institution", "institution_name", "product", "product_name", "computed_qty",
            "published_qty", "agreed_qty", "price",
        )  # fmt: skip
        read_only_fields = fields


class AgreedRoundViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """约定采购量：按批次年度发起、选择、测算、导入公布数、确认。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    lookup_field = "round_no"
    lookup_value_regex = r"[A-Z0-9]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[AgreedRound]:
        return visible_agreed_rounds(scope).select_related("batch", "organisation")

    @extend_schema(request=NewRoundSerializer, responses={201: RoundSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级医保局发起一个批次年度的约定采购量。"""
        values = values_of(NewRoundSerializer, request)
        batch = visible_batches(self.scope).filter(code=values.pop("batch")).first()
        if batch is None:
            raise serializers.ValidationError({"batch": ["没有这个代码的批次"]})
        row = open_round(
            batch=batch, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChoicesSerializer, responses=WrittenSerializer)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """填报单位选择中选产品的份额；每次给出全部选择。"""
        shares: dict[str, dict[str, int]] = {}
        for each in values_of(ChoicesSerializer, request)["choices"]:
            shares.setdefault(each["group"], {})[each["product"]] = each["share"]
        number = choose_products(
            row=self.get_object(), shares=shares, by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response({"number": number})

    @extend_schema(request=RoundStepSerializer, responses={202: RoundSerializer})
    @action(detail=True, methods=["post"])
    def compute(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """开始测算；进度在后台任务查看。"""
        row = self.get_object()
        request_computation(row=row, **self._common(request))
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=RoundStepSerializer, responses=RoundSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """确认约定采购量。"""
        row = confirm_round(row=self.get_object(), **self._common(request))
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses={202: RoundSerializer})
    @action(detail=True, methods=["post"])
    def agreements(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按已确认的约定采购量生成协议；进度和未生成的原因在后台任务查看。"""
        row = self.get_object()
        request_agreements(row=row, by=acting(request), scope=self.scope, at=timezone.now())
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=PublishedRowsSerializer, responses=WrittenSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """导入组织方公布的约定量；有一行错误即全部不写入。"""
        row = self.get_object()
        if not opens_rounds(self.scope) or row.organisation_id != self.scope.organisation_id:
            raise NotYours("公布约定量由发起的省级医保局导入", CLAUSE)
        given = values_of(PublishedRowsSerializer, request)["rows"]
        sheet = [list(HEADINGS)] + [
            [each["holder_code"], each["product"], each["published_qty"]] for each in given
        ]
        try:
            rows = read_published(row, sheet)
        except TableRefused as refused:
            # The sheet's first row is its head: row 2 is the first that was sent.
            raise serializers.ValidationError(
                {f"rows[{p.line - 2}]": [f"{p.column}：{p.message}"] for p in refused.problems}
            ) from refused
        number = take_published(
            row=row, rows=rows, by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response({"number": number})

    def _common(self, request: Request) -> dict[str, Any]:
        values = values_of(RoundStepSerializer, request)
        return {
            "by": acting(request), "scope": self.scope, "at": timezone.now(),
            "seen_version": values.get("version"),
        }  # fmt: skip


class AgreedQuantityViewSet(mixins.ListModelMixin, ScopedViewSet):
    """品种约定量：报量、比例、测算、公布与约定。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = AgreedQuantitySerializer
    filterset_class = AgreedFilter
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def visible(self, scope: Scope) -> QuerySet[AgreedQuantity]:
        return visible_agreed_quantities(scope).select_related("round", "group", "institution")


class AgreedShareViewSet(mixins.ListModelMixin, ScopedViewSet):
    """产品约定量；生产企业看本企业产品已确认的。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = AgreedShareSerializer
    filterset_class = AgreedShareFilter
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[AgreedShare]:
        return visible_agreed_shares(scope).select_related(
            "quantity__round", "product", "institution"
        )
