"""Powers of attorney and disposals by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Batch
from catalog.queries.visible import visible_batches
from contracts.filters.powers import DisposalFilter, PowerFilter
from contracts.models import Disposal, PowerOfAttorney
from contracts.operations.disposals import close_disposal, record_disposal
from contracts.operations.powers import register_power, revoke_power
from contracts.queries.disposals import visible_disposals
from contracts.queries.powers import WRONG_AGENT, institution_named, visible_powers
from core.transitions import MissingInput
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


class PowerSerializer(serializers.ModelSerializer[PowerOfAttorney]):
    principal = serializers.CharField(source="principal.code", read_only=True)
    principal_name = serializers.CharField(source="principal.name", read_only=True)
    agent = serializers.CharField(source="agent.code", read_only=True)
    agent_name = serializers.CharField(source="agent.name", read_only=True)
    batch = serializers.CharField(source="batch.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = PowerOfAttorney
        fields = (
            "power_no", "state", "principal", "principal_name", "agent", "agent_name", "batch",
            "valid_from", "valid_to", "revocation_reason", "registered_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewPowerSerializer(serializers.Serializer[Any]):
    principal_code = serializers.CharField(
        max_length=18, required=False, allow_blank=True, default=""
    )
    agent_code = serializers.CharField(max_length=18)
    batch_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    paper = serializers.FileField()


class RevocationSerializer(serializers.Serializer[Any]):
    revocation_reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class PowerViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """授权书：医疗机构授权牵头机构或其他机构代签三方协议。"""

    token_subject: ClassVar[str] = "contracts"
    serializer_class = PowerSerializer
    filterset_class = PowerFilter
    lookup_field = "power_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = ("-registered_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[PowerOfAttorney]:
        return visible_powers(scope).select_related("principal", "agent", "batch")

    @extend_schema(
        request={"multipart/form-data": NewPowerSerializer}, responses={201: PowerSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记授权书（multipart，paper 为盖章扫描件）。"""
        given = values_of(NewPowerSerializer, request)
        user = acting(request)
        code = given["principal_code"]
        hospitals = visible_organisations(self.scope).filter(kind="institution")
        principal = hospitals.filter(code=code).first() if code else user.organisation
        agent = institution_named(self.scope, given["agent_code"])
        if principal is None:
            raise MissingInput("principal_code", "没有这个编码的医疗机构，请核对")
        if agent is None:
            raise MissingInput("agent_code", WRONG_AGENT)
        row = register_power(
            principal=principal, agent=agent, batch=_batch(self.scope, given["batch_code"]),
            valid_from=given["valid_from"], valid_to=given["valid_to"], papers=[given["paper"]],
            by=user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def get_parsers(self) -> list[Any]:
        multipart = getattr(self, "action", None) == "create"
        return [MultiPartParser()] if multipart else super().get_parsers()

    @extend_schema(request=RevocationSerializer, responses=PowerSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤销授权；已签署的协议不受影响。"""
        power = self.get_object()
        given = values_of(RevocationSerializer, request)
        row = revoke_power(
            power=power, revocation_reason=given["revocation_reason"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=given.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)


class DisposalSerializer(serializers.ModelSerializer[Disposal]):
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    batch = serializers.CharField(source="batch.code", read_only=True)
    decided_by_name = serializers.CharField(source="decided_by.name", read_only=True)
    agreement = serializers.CharField(source="agreement.key", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Disposal
        fields = (
            "disposal_no", "state", "organisation", "organisation_name", "kind", "batch", "year_no",
            "agreement", "reason", "due_on", "decided_on", "decided_by_name", "outcome", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewDisposalSerializer(serializers.Serializer[Any]):
    organisation_code = serializers.CharField(max_length=18)
    batch_code = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    kind = serializers.ChoiceField(choices=Disposal.Kind.choices)
    reason = serializers.CharField(max_length=1000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class OutcomeSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(max_length=1000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class DisposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """对未签、拒签协议的单位作出的处置。"""

    token_subject: ClassVar[str] = "contracts"
    serializer_class = DisposalSerializer
    filterset_class = DisposalFilter
    lookup_field = "disposal_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = ("-decided_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Disposal]:
        return visible_disposals(scope).select_related(
            "organisation", "batch", "decided_by", "agreement"
        )

    @extend_schema(request=NewDisposalSerializer, responses={201: DisposalSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记处置；被处置单位收到通知。"""
        given = values_of(NewDisposalSerializer, request)
        rows = visible_organisations(self.scope).filter(kind__in=("institution", "enterprise"))
        organisation = rows.filter(code=given["organisation_code"]).first()
        batch = _batch(self.scope, given["batch_code"])
        if organisation is None or batch is None:
            raise MissingInput("organisation_code", "没有这个编码的单位或批次，请核对")
        row = record_disposal(
            organisation=organisation, batch=batch, year_no=given["year_no"], kind=given["kind"],
            reason=given["reason"], due_on=given["due_on"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=OutcomeSerializer, responses=DisposalSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办结，写明结果。"""
        row = self.get_object()
        given = values_of(OutcomeSerializer, request)
        closed = close_disposal(
            disposal=row, outcome=given["outcome"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=given.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(closed).data)


def _batch(scope: Scope, code: str) -> Batch | None:
    if not code:
        return None
    found = visible_batches(scope).filter(code=code).first()
    if found is None:
        raise MissingInput("batch_code", "没有这个代码的批次，请核对")
    return found
