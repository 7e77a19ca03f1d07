"""Delivery relations by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api import relation_serializers as kinds
from contracts.filters.relations import DeliveryRelationFilter
from contracts.forms.relations import PointRowForm, RowNames
from contracts.models import DeliveryRelation
from contracts.operations import relations as acts
from contracts.operations.relations import Pointing
from contracts.queries import pointing
from contracts.queries.distributor_search import find_distributors
from contracts.queries.relations import NAMED, may_point, visible_relations
from core.transitions import NotYours
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope


class DeliveryRelationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """配送关系：生产企业点选，配送企业确认或拒绝；生效日起、终止日前配送。"""

    token_subject: ClassVar[str] = "contracts"
    serializer_class = kinds.DeliveryRelationSerializer
    filterset_class = DeliveryRelationFilter
    lookup_field = "relation_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = ("-pointed_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[DeliveryRelation]:
        return visible_relations(scope).select_related(*NAMED, "product__group")

    @extend_schema(request=kinds.NewRelationsSerializer, responses={201: kinds.PointedSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """点选配送企业，一次至多 2,000 条，全部成功或全部不写入。"""
        allowed = may_point(self.scope)
        if not allowed:
            raise NotYours.of(allowed)
        given = values_of(kinds.NewRelationsSerializer, request)["relations"]
        made = acts.point_distributors(
            pointings=self._pointings(given), by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        numbers = [row.relation_no for row in made]
        return Response({"relation_nos": numbers}, status=status.HTTP_201_CREATED)

    def _pointings(self, given: list[dict[str, Any]]) -> list[Pointing]:
        """The rows as the sheet's form reads them; errors by the row's place."""
        rows = [{name: _text(value) for name, value in row.items()} for row in given]
        names = RowNames(self.scope, rows)
        found: list[Pointing] = []
        errors: dict[str, Any] = {}
        for index, row in enumerate(rows):
            form = PointRowForm(row, known=names)
            number = row["replaces_no"]
            old = pointing.to_replace(self.scope, number) if number else None
            if number and old is None:
                errors[f"relations[{index}].replaces_no"] = ["没有这个编号的、本企业的配送关系"]
            elif form.is_valid():
                one: Pointing = form.cleaned_data["pointing"]
                found.append(Pointing(**{**vars(one), "replaces": old}))
            for name, messages in form.errors.items():
                errors[f"relations[{index}].{name}"] = [str(each) for each in messages]
        if errors:
            raise serializers.ValidationError(errors)
        return found

    @extend_schema(request=kinds.RelationStepSerializer, responses=kinds.DeliveryRelationSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业确认；更换配送企业的，原关系在新关系生效日终止。"""
        return self._step(acts.accept_relation, kinds.RelationStepSerializer, request)

    @extend_schema(
        request=kinds.RelationRefusalSerializer, responses=kinds.DeliveryRelationSerializer
    )
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业拒绝，写明原因。"""
        return self._step(acts.refuse_relation, kinds.RelationRefusalSerializer, request)

    @extend_schema(request=kinds.RelationStepSerializer, responses=kinds.DeliveryRelationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生产企业撤回尚未确认的点选。"""
        return self._step(acts.withdraw_relation, kinds.RelationStepSerializer, request)

    @extend_schema(request=kinds.RelationEndSerializer, responses=kinds.DeliveryRelationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """任一方终止；终止日当天起不再配送，已发的订单不变。"""
        return self._step(acts.end_relation, kinds.RelationEndSerializer, request)

    def _step(
        self, act: Any, kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        values = values_of(kind, request)
        act(
            relation=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version", None), **values,
        )  # fmt: skip
        return Response(self.get_serializer(self.get_object()).data)


class DistributorSearchViewSet(ScopedEndpoint):
    """查找配送企业：能否点选，不能的说明原因。"""

    token_subject: ClassVar[str] = "contracts"

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="企业名称、代码或拼音首字母"),
            OpenApiParameter("pool", str, description="统筹区代码"),
        ],
        responses=kinds.FoundDistributorSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """至多 30 家，能点选的在前。"""
        query = kinds.DistributorQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        code = query.validated_data["pool"]
        pool = pointing.pools(self.scope, [code]).get(code)
        found = find_distributors(self.scope, query.validated_data["q"], pool)
        return Response(kinds.FoundDistributorSerializer(found, many=True).data)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
