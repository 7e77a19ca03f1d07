"""院内目录 under /api/v1/: a hospital's own system puts its list, reads mappings and suggestions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.filters.hospital_items import CoverageFilter, HospitalItemFilter, ItemMappingFilter
from catalog.models import HospitalItem, ItemMapping
from catalog.operations.hospital_items.confirm import confirm_mapping
from catalog.operations.hospital_items.put import put_items
from catalog.queries.hospital_items import coverage, items_with_parties, visible_item_mappings
from catalog.queries.item_suggestions import suggestions_for
from catalog.states.hospital_item import Basis, ItemStanding
from catalog.views.hospital_items import keeping, sees_items
from core.transitions import MissingInput, NotYours
from organisations.api.base import ScopedViewSet, acting
from organisations.models import Organisation
from organisations.queries.scope import Scope

MOST_ROWS = 1_000
MOST_SUGGESTED = 20


class HospitalItemSerializer(serializers.ModelSerializer[HospitalItem]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = HospitalItem
        fields = (
            "institution", "institution_name", "his_code", "name", "specification", "unit",
            "manufacturer_name", "is_stopped", "standing", "changed_at", "row_version",
        )  # fmt: skip
        read_only_fields = fields


class ItemMappingSerializer(serializers.ModelSerializer[ItemMapping]):
    institution = serializers.CharField(source="item.institution.code", read_only=True)
    his_code = serializers.CharField(source="item.his_code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)

    class Meta:
        model = ItemMapping
        fields = (
            "institution", "his_code", "product", "product_code", "product_name",
            "product_specification", "units_per_pack", "valid_from", "valid_to", "basis", "doubts",
            "note",
        )  # fmt: skip
        read_only_fields = fields


class PutItemSerializer(serializers.Serializer[Any]):
    """One row: the item as it is now. Texts here; the operation says what is wrong with each."""

    his_code = serializers.CharField(max_length=200, allow_blank=True)
    name = serializers.CharField(max_length=400, allow_blank=True)
    specification = serializers.CharField(max_length=400, allow_blank=True, required=False)
    unit = serializers.CharField(max_length=100, allow_blank=True)
    manufacturer_name = serializers.CharField(max_length=400, allow_blank=True, required=False)
    product_code = serializers.CharField(max_length=100, allow_blank=True, required=False)
    units_per_pack = serializers.CharField(max_length=40, allow_blank=True, required=False)
    valid_from = serializers.CharField(max_length=40, allow_blank=True, required=False)
    is_stopped = serializers.BooleanField(required=False, default=False)


class PutItemsSerializer(serializers.Serializer[Any]):
    items = PutItemSerializer(many=True, allow_empty=False)

    def validate_items(self, rows: list[Any]) -> list[Any]:
        if len(rows) > MOST_ROWS:
            raise serializers.ValidationError(f"一次至多 {MOST_ROWS:,} 行，现有 {len(rows):,} 行")
        return rows


class ItemProblemSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()


class ItemResultSerializer(serializers.Serializer[Any]):
    """`place` counts from 1; `outcome` is created, changed, unchanged or refused."""

    place = serializers.IntegerField()
    his_code = serializers.CharField()
    outcome = serializers.CharField()
    mapping = serializers.CharField()
    problems = ItemProblemSerializer(many=True)


class ItemResultsSerializer(serializers.Serializer[Any]):
    results = ItemResultSerializer(many=True)
    refused = serializers.IntegerField()


class ConfirmItemSerializer(serializers.Serializer[Any]):
    his_code = serializers.CharField(max_length=64)
    note = serializers.CharField(max_length=200)
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)


class SuggestionSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(source="product.code")
    name = serializers.CharField(source="product.name")
    specification = serializers.CharField(source="product.specification")
    manufacturer_name = serializers.CharField(source="product.manufacturer.name")
    score = serializers.IntegerField(source="percent")
    why = serializers.CharField()
    units_per_pack = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)


class SuggestedItemSerializer(serializers.Serializer[Any]):
    his_code = serializers.CharField()
    name = serializers.CharField()
    suggestions = SuggestionSerializer(many=True)


class ItemCoverageSerializer(serializers.ModelSerializer[Organisation]):
    region = serializers.CharField(source="region.code", read_only=True)
    items = serializers.IntegerField(read_only=True)
    mapped = serializers.IntegerField(read_only=True)
    doubtful = serializers.IntegerField(read_only=True)
    unmapped = serializers.IntegerField(read_only=True)

    class Meta:
        model = Organisation
        fields = ("code", "name", "region", "items", "mapped", "doubtful", "unmapped")
        read_only_fields = fields


class HospitalItemViewSet(mixins.ListModelMixin, ScopedViewSet):
    """院内目录。"""

    serializer_class = HospitalItemSerializer
    filterset_class = HospitalItemFilter
    token_subject = "catalog"
    ordering = ("institution_id", "his_code")

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def visible(self, scope: Scope) -> QuerySet[HospitalItem]:
        return items_with_parties(scope)

    @extend_schema(request=PutItemsSerializer, responses=ItemResultsSerializer)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记或更新，一次至多 1000 行，逐行给出结果：对的写入，错的说明原因。

        同样的内容再发一次，结果都是 unchanged。product_code 不填即没有对照；改变对照从 valid_from
        （不填为今天）起另立一条，此前的采购和上报按原对照。
        """
        given = PutItemsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rows = given.validated_data["items"]
        raws = [
            (place, {**row, "is_stopped": "是" if row["is_stopped"] else ""})
            for place, row in enumerate(rows, start=1)
        ]
        written = put_items(
            raws=raws, basis=Basis.API, all_or_nothing=False, by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        done = {each.row.place: each for each in written.rows}
        results = [
            {
                "place": place,
                "his_code": raw["his_code"],
                "outcome": done[place].outcome if place in done else "refused",
                "mapping": done[place].mapping if place in done else "",
                "problems": [each for each in written.problems if each.place == place],
            }
            for place, raw in raws
        ]
        refused = len(raws) - len(done)
        return Response(ItemResultsSerializer({"results": results, "refused": refused}).data)

    @extend_schema(request=ConfirmItemSerializer, responses=HospitalItemSerializer)
    @action(detail=False, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核对存疑：说明这条对照为什么是对的。"""
        given = ConfirmItemSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        verdict = keeping(self.scope)
        if not verdict:
            raise NotYours(verdict.reason)
        item = (
            self.get_queryset()
            .filter(institution_id=self.scope.organisation_id, his_code=values["his_code"])
            .first()
        )
        if item is None:
            raise MissingInput("his_code", "本机构没有这个院内编码")
        row = confirm_mapping(
            item=item, note=values["note"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return Response(HospitalItemSerializer(row).data)

    @extend_schema(
        parameters=[OpenApiParameter("his_code", str, many=True, description="院内编码，可重复，至多 20 个；不填取前 20 个未对照的")],
        responses=SuggestedItemSerializer(many=True),
    )  # fmt: skip
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def suggestions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """未对照项目可能的产品；采纳即以 POST 写入该产品编码。"""
        codes = request.query_params.getlist("his_code")
        if len(codes) > MOST_SUGGESTED:
            raise MissingInput("his_code", f"一次至多 {MOST_SUGGESTED} 个院内编码")
        rows = self.get_queryset().filter(
            institution_id=self.scope.organisation_id, standing=ItemStanding.UNMAPPED
        )
        if codes:
            rows = rows.filter(his_code__in=codes)
        items = list(rows.order_by("his_code")[:MOST_SUGGESTED])
        found = suggestions_for(items)
        return Response(
            SuggestedItemSerializer(
                [
                    {"his_code": i.his_code, "name": i.name, "suggestions": found.get(i.pk, [])}
                    for i in items
                ],
                many=True,
            ).data
        )


class ItemMappingViewSet(mixins.ListModelMixin, ScopedViewSet):
    """院内目录的对照记录，含已结束的；on 取某日有效的。"""

    serializer_class = ItemMappingSerializer
    filterset_class = ItemMappingFilter
    token_subject = "catalog"
    ordering = "id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def visible(self, scope: Scope) -> QuerySet[ItemMapping]:
        return visible_item_mappings(scope).select_related("item__institution", "product")


class ItemCoverageViewSet(mixins.ListModelMixin, ScopedViewSet):
    """各医疗机构院内目录的对照进度。"""

    serializer_class = ItemCoverageSerializer
    filterset_class = CoverageFilter
    token_subject = "catalog"
    ordering = "id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        return coverage(scope)
