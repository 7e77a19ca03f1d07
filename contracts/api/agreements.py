"""Agreements by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Batch
from catalog.queries.known import known
from catalog.queries.visible import visible_batches
from contracts.api import agreement_serializers as kinds
from contracts.filters.agreements import AgreementFilter
from contracts.models import Agreement
from contracts.operations.agreements.adopt import request_adoption
from contracts.operations.agreements.change import make_version, terminate_agreement
from contracts.operations.agreements.generate import (
    AgreedRow,
    generate_agreements,
    may_generate,
)
from contracts.operations.agreements.remind import remind_unsigned
from contracts.operations.agreements.sealing import blank_paper, checked
from contracts.operations.agreements.sign import (
    agents_of,
    latest_document,
    refuse_agreement,
    sign_agreement,
    sign_many,
)
from contracts.queries import pointing
from contracts.queries.agreements import by_key, visible_agreements
from contracts.queries.signing_overview import signing_by_place
from core.attachments.store import path_of
from core.transitions import MissingInput, NotYours
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.api.files import as_binary
from organisations.queries.scope import Scope
from organisations.views.files import kept_file, paper_answer

NAMED = ("batch", "institution", "manufacturer", "distributor", "county")


class AgreementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """三方协议：每个版本一条，地址为“编号~版本”；三方负责人签齐后生效。"""

    token_subject: ClassVar[str] = "contracts"
    serializer_class = kinds.AgreementSerializer
    filterset_class = AgreementFilter
    lookup_field = "key"
    lookup_value_regex = r"[^/]{1,66}"
    ordering = ("-made_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Agreement]:
        return visible_agreements(scope).select_related(*NAMED)

    def get_object(self) -> Agreement:
        found = by_key(self.get_queryset(), self.kwargs["key"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(responses=kinds.AgreementDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个版本的协议文本和签署情况。"""
        return self._answer(self.get_object())

    @extend_schema(
        request=kinds.NewAgreementsSerializer, responses={201: kinds.GeneratedSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生成协议：按 rows 直接生成；不给 rows 的，按已导入、三方未签的协议行，由后台任务生成。"""
        allowed = may_generate(self.scope)
        if not allowed:
            raise NotYours.of(allowed)
        values = values_of(kinds.NewAgreementsSerializer, request)
        batch = self._batch(values["batch_code"])
        by, at = acting(request), timezone.now()
        if not values["rows"]:
            job = request_adoption(
                batch=batch, year_no=values["year_no"], by=by, scope=self.scope, at=at
            )
            told: dict[str, Any] = {"made": 0, "lines": 0, "left_out": [], "job": job.pk}
            return Response(told, status=status.HTTP_201_CREATED)
        done = generate_agreements(
            batch=batch, year_no=values["year_no"], rows=self._rows(values["rows"]), by=by,
            scope=self.scope, at=at,
            basis=Agreement.Basis.RENEWAL if values["year_no"] > 1 else Agreement.Basis.GENERATED,
        )  # fmt: skip
        left = [f"rows[{each.index}]：{each.reason}" for each in done.left_out]
        told = {"made": done.made, "lines": done.lines, "left_out": left, "job": None}
        return Response(told, status=status.HTTP_201_CREATED)

    @extend_schema(request=kinds.SignSerializer, responses=kinds.AgreementDetailSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """负责人以本单位数字证书签署；text_digest 是所读文本的摘要。"""
        agreement = self.get_object()
        values = values_of(kinds.SignSerializer, request)
        row = sign_agreement(
            agreement=agreement, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_digest=values["text_digest"], seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    @extend_schema(request=kinds.SignManySerializer, responses=kinds.SignedManySerializer)
    @action(detail=False, methods=["post"], url_path="sign-many", url_name="sign-many")
    def sign_many(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """批量签署至多 500 份；超过 10 份由后台任务逐份办理，中断后从断处继续，结果见该任务。"""
        keys = values_of(kinds.SignManySerializer, request)["agreements"]
        run = sign_many(keys=keys, by=acting(request), scope=self.scope, at=timezone.now())
        results = run.results or []
        told = {
            "run": run.pk, "job": run.job_id, "state": run.state,
            "signed": sum(1 for each in results if each["ok"]),
            "not_signed": [f"{r['label']}：{r['reason']}" for r in results if not r["ok"]],
        }  # fmt: skip
        return Response(told)

    @extend_schema(
        request=kinds.AgreementRefusalSerializer, responses=kinds.AgreementDetailSerializer
    )
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """拒签，写明原因。"""
        agreement = self.get_object()
        values = values_of(kinds.AgreementRefusalSerializer, request)
        row = refuse_agreement(
            agreement=agreement, refusal_reason=values["refusal_reason"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    @extend_schema(request=kinds.TerminationSerializer, responses=kinds.AgreementDetailSerializer)
    @action(detail=True, methods=["post"])
    def terminate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """主管医保局终止；约定采购量自此不再计入。"""
        agreement = self.get_object()
        values = values_of(kinds.TerminationSerializer, request)
        row = terminate_agreement(
            agreement=agreement, ending_reason=values["ending_reason"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    @extend_schema(
        request=kinds.AgreementChangeSerializer, responses={201: kinds.AgreementDetailSerializer}
    )
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """更换配送企业或调整数量：产生新版本，三方签齐前原版本继续有效。"""
        agreement = self.get_object()
        values = values_of(kinds.AgreementChangeSerializer, request)
        code = values["distributor_code"]
        carrier = pointing.enterprises(self.scope, [code]).get(code) if code else None
        if code and carrier is None:
            raise MissingInput("distributor_code", "没有这个信用代码的企业，请核对")
        given = {each["product_code"]: each["agreed_qty"] for each in values["quantities"]}
        items = {
            item.product.code: item.product_id for item in agreement.items.select_related("product")
        }
        unknown = sorted(set(given) - set(items))
        if unknown:
            raise MissingInput("quantities", f"协议中没有产品 {unknown[0]}")
        row = make_version(
            agreement=agreement, distributor=carrier,
            quantities={items[code]: quantity for code, quantity in given.items()},
            change_reason=values["change_reason"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row, status.HTTP_201_CREATED)

    @as_binary
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        """协议文件：已签的是最新签署后的文件，未签的是待签文本。"""
        agreement = self.get_object()
        kept = latest_document(agreement)
        if kept is not None:
            return kept_file(request, kept)
        items = list(agreement.items.select_related("product__group").order_by("line_no"))
        agents = agents_of(agreement, timezone.now())
        body = blank_paper(agreement, items, agents, agreement.made_at)
        return paper_answer(request, f"三方协议 {agreement.agreement_no}.pdf", body)

    @extend_schema(responses=kinds.CheckedSerializer)
    @action(detail=True, methods=["get"])
    def verify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核验保存的文件：每个签名是否有效，一个字节的改动也会指出。"""
        agreement = self.get_object()
        kept = latest_document(agreement)
        if kept is None:
            raise MissingInput("key", "协议还没有签署，没有可核验的文件")
        signatures = list(agreement.signatures.order_by("signed_at", "pk"))
        report = checked(path_of(kept.file).read_bytes(), signatures)
        return Response(kinds.CheckedSerializer(report).data)

    def _answer(self, row: Agreement, code: int = status.HTTP_200_OK) -> Response:
        return Response(kinds.AgreementDetailSerializer(row).data, status=code)

    def _batch(self, code: str) -> Batch:
        found = visible_batches(self.scope).filter(code=code).select_related("policy").first()
        if found is None:
            raise MissingInput("batch_code", "没有这个代码的批次，请核对")
        return found

    def _rows(self, given: list[dict[str, Any]]) -> list[AgreedRow]:
        """Codes as rows; those that stand for nothing are refused by their place."""
        names = known(
            self.scope, products=[each["product_code"] for each in given],
            organisations=[each[n] for each in given for n in ("institution_code", "distributor_code")],
        )  # fmt: skip
        errors: dict[str, list[str]] = {}
        found = []
        for index, each in enumerate(given):
            product = names.products.get(each["product_code"])
            hospital = names.organisations.get(each["institution_code"])
            code = each["distributor_code"]
            carrier = names.organisations.get(code) if code else None
            for name, row in (("product_code", product), ("institution_code", hospital)):
                if row is None:
                    errors[f"rows[{index}].{name}"] = ["没有这个编码，请核对"]
            if code and carrier is None:
                errors[f"rows[{index}].distributor_code"] = ["没有这个编码，请核对"]
            if product is not None and hospital is not None:
                found.append(
                    AgreedRow(
                        hospital.pk, product.pk, each["agreed_qty"], each["price"],
                        carrier.pk if carrier else None, each["explanation"],
                    )
                )  # fmt: skip
        if errors:
            raise serializers.ValidationError(errors)
        return found


class SigningProgressViewSet(ScopedEndpoint):
    """协议签订进度，按地区；主管部门可见，医保局可催签。"""

    token_subject: ClassVar[str] = "contracts"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    @extend_schema(
        parameters=[
            OpenApiParameter("batch_code", str, required=True, description="批次代码"),
            OpenApiParameter("year_no", int, required=True, description="采购年度序号"),
        ],
        responses=kinds.PlaceProgressSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省看各市，市、县看各县；最后一行是合计。"""
        query = kinds.ProgressQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        given = query.validated_data
        batch = visible_batches(self.scope).filter(code=given["batch_code"]).first()
        found = signing_by_place(self.scope, batch, given["year_no"]) if batch else []
        return Response(kinds.PlaceProgressSerializer(found, many=True).data)

    @extend_schema(request=kinds.ProgressQuerySerializer, responses=None)
    @action(detail=False, methods=["post"])
    def remind(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """催签本地区未签的各方，每天每家至多一条通知；当天都已通知过的返回 409。"""
        given = values_of(kinds.ProgressQuerySerializer, request)
        batch = visible_batches(self.scope).filter(code=given["batch_code"]).first()
        if batch is None:
            raise MissingInput("batch_code", "没有这个代码的批次，请核对")
        remind_unsigned(
            batch=batch, year_no=given["year_no"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(status=status.HTTP_204_NO_CONTENT)
