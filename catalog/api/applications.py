"""Applications, what is published of them, and registrations under /api/v1/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api import application_serializers as kinds
from catalog.filters.applications import ApplicationFilter, PublicityFilter, RegistrationFilter
from catalog.models import ApplicationObjection, ProductApplication, Registration
from catalog.operations.applications.drafts import draft_application, edit_application
from catalog.operations.applications.objections import file_objection, rule_objection
from catalog.operations.applications.papers import hand_in_paper
from catalog.operations.applications.problems import WrongApplication
from catalog.operations.applications.review import (
    accept_application,
    approve_application,
    forward_application,
    publish_application,
    refuse_application,
    return_application,
)
from catalog.operations.applications.submit import submit_application, withdraw_application
from catalog.queries.application_objections import files_of
from catalog.queries.application_offices import provinces_with_bureau
from catalog.queries.application_page import application_files, own_products
from catalog.queries.application_rows import applications_with_parties, public_applications
from catalog.queries.applications import (
    files_applications,
    has_applications,
    visible_objections,
)
from catalog.queries.expiry import expiry_days
from catalog.queries.registration_page import registration_page
from catalog.queries.registrations import registrations_with_paper
from core.api.parsing import StrictJSONParser
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served

NUMBER = r"[A-Z0-9-]{1,20}"
DETAIL = kinds.ApplicationDetailSerializer
Operation = Callable[..., ProductApplication]


class ApplicationViewSet(mixins.ListModelMixin, ScopedViewSet):
    """挂网申请：填写、交材料、提交、受理、审核、公示、退回。"""

    serializer_class = kinds.ProductApplicationSerializer
    filterset_class = ApplicationFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "catalog"
    lookup_field = "application_no"
    lookup_value_regex = NUMBER
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return has_applications(scope)

    def visible(self, scope: Scope) -> QuerySet[ProductApplication]:
        return applications_with_parties(scope).select_related("province")

    @extend_schema(responses=DETAIL)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一件申请及其项目、材料、异议和办理经过。"""
        return self._answer(self.get_object())

    @extend_schema(request=kinds.NewApplicationSerializer, responses={201: DETAIL})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """填写一件申请，存为草稿；材料另行提交。"""
        if not files_applications(self.scope):
            raise NotYours("挂网申请由生产企业的经办、审核或负责人提出")
        values = values_of(kinds.NewApplicationSerializer, request)
        product = None
        if values["product_code"]:
            product = own_products(self.scope).filter(code=values["product_code"]).first()
            if product is None:
                raise serializers.ValidationError(
                    {"product_code": ["本企业没有这个产品，请核对编码"]}
                )
        provinces = {each.code: each for each in provinces_with_bureau()}
        row = _told(
            draft_application, kind=values["kind"], product=product, values=values["values"],
            reason=values["reason"], province=provinces.get(values["province_code"]),
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.EditedApplicationSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, **kwargs: Any) -> Response:
        """修改草稿或退回补正的申请。"""
        row = self.get_object()
        values = values_of(kinds.EditedApplicationSerializer, request)
        edited = _told(
            edit_application, application=row, values=values["values"], reason=values["reason"],
            seen_version=values["version"], by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(edited)

    @extend_schema(
        request={"multipart/form-data": kinds.PaperInputSerializer}, responses={201: DETAIL}
    )
    @action(detail=True, methods=["post"])
    def papers(self, request: Request, **kwargs: Any) -> Response:
        """提交一份材料；没有的写明原因并提交替代材料。"""
        row = self.get_object()
        values = values_of(kinds.PaperInputSerializer, request)
        hand_in_paper(
            application=row, paper=values["paper"], upload=values["files"],
            substitute=values["substitute"], missing_reason=values["missing_reason"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(row, status.HTTP_201_CREATED)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, application_files(self.get_object()), kwargs["file_id"])

    @extend_schema(request=kinds.ApplicationStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """提交。"""
        return self._step(request, submit_application, kinds.ApplicationStepSerializer)

    @extend_schema(request=kinds.ApplicationStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """撤回。"""
        return self._step(request, withdraw_application, kinds.ApplicationStepSerializer)

    @extend_schema(request=kinds.ApplicationStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        """受理。"""
        return self._step(request, accept_application, kinds.ApplicationStepSerializer)

    @extend_schema(request=kinds.ReviewStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def forward(self, request: Request, **kwargs: Any) -> Response:
        """审核通过，转报上级。"""
        return self._step(request, forward_application, kinds.ReviewStepSerializer)

    @extend_schema(request=kinds.PublishStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        """审核通过，提交公示。"""
        return self._step(request, publish_application, kinds.PublishStepSerializer)

    @extend_schema(request=kinds.DatedStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """通过，自生效日期起执行。"""
        return self._step(request, approve_application, kinds.DatedStepSerializer)

    @extend_schema(request=kinds.ReturnStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """退回补正；findings 以项目代码为键，材料写作 paper:代码。"""
        return self._step(request, return_application, kinds.ReturnStepSerializer)

    @extend_schema(request=kinds.ReviewStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """不予通过。"""
        return self._step(request, refuse_application, kinds.ReviewStepSerializer)

    def _step(
        self, request: Request, operation: Operation, form: type[serializers.Serializer[Any]]
    ) -> Response:
        row = self.get_object()
        values = values_of(form, request)
        moved = _told(
            operation, application=row, seen_version=values.pop("version"), by=acting(request),
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return self._answer(moved)

    def _answer(self, row: ProductApplication, code: int = status.HTTP_200_OK) -> Response:
        return Response(DETAIL(row).data, status=code)


class PublicityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """挂网公示；公示期内任何机构可以提出异议。"""

    serializer_class = kinds.PublicitySerializer
    filterset_class = PublicityFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "catalog"
    lookup_field = "application_no"
    lookup_value_regex = NUMBER
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ProductApplication]:
        return public_applications(scope).prefetch_related("items")

    @extend_schema(
        request={"multipart/form-data": kinds.NewObjectionSerializer},
        responses={201: kinds.ObjectionSerializer},
    )
    @action(detail=True, methods=["post"], url_path="objections", url_name="object")
    def objections(self, request: Request, **kwargs: Any) -> Response:
        """提出异议；证明材料以 files 上传，可多个。"""
        row = self.get_object()
        values = values_of(kinds.NewObjectionSerializer, request)
        made = file_objection(
            application=row, text=values["text"], uploads=values["files"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(kinds.ObjectionSerializer(made).data, status=status.HTTP_201_CREATED)


class ObjectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """公示异议：提出的、涉及本企业的、辖区内的。"""

    serializer_class = kinds.ObjectionSerializer
    token_subject = "catalog"
    lookup_field = "objection_no"
    lookup_value_regex = NUMBER
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ApplicationObjection]:
        return visible_objections(scope).select_related("application", "organisation")

    @extend_schema(request=kinds.RulingSerializer, responses=kinds.ObjectionSerializer)
    @action(detail=True, methods=["post"])
    def rule(self, request: Request, **kwargs: Any) -> Response:
        """裁定异议。"""
        row = self.get_object()
        values = values_of(kinds.RulingSerializer, request)
        ruled = rule_objection(
            objection=row, upheld=values["upheld"], ruling=values["ruling"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return Response(kinds.ObjectionSerializer(ruled).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """异议的一份证明材料。"""
        return served(request, files_of(self.get_object()), kwargs["file_id"])


class RegistrationPaperViewSet(mixins.ListModelMixin, ScopedViewSet):
    """注册证（批准文号）及现行有效期；单个证号给出历次版本和使用它的产品。"""

    serializer_class = kinds.RegistrationPaperSerializer
    filterset_class = RegistrationFilter
    token_subject = "catalog"
    lookup_field = "number"
    lookup_value_regex = r"[^/]{1,60}"
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[Registration]:
        return registrations_with_paper(scope, timezone.localdate())

    @extend_schema(responses=kinds.RegistrationPaperDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个证号：现行登记、状态、历次版本、使用它的产品。"""
        row = self.get_object()
        today = timezone.localdate()
        page = registration_page(row, self.scope, today, expiry_days(self.scope, today))
        return Response(kinds.RegistrationPaperDetailSerializer(row, context={"page": page}).data)


def _told(operation: Operation, **values: Any) -> ProductApplication:
    """Every problem by its field, not only the first."""
    try:
        return operation(**values)
    except WrongApplication as wrong:
        said = {name or "non_field_errors": [reason] for name, reason in wrong.problems.items()}
        raise serializers.ValidationError(said) from wrong
