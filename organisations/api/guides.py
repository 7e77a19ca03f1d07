"""办事指南: read by everybody who may call, written by the office's own clerks and admins."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import Verdict
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting
from organisations.api.files import FILE_PATH, as_binary
from organisations.api.guide_serializers import (
    ContactsSerializer,
    GuideDetailSerializer,
    GuideSerializer,
)
from organisations.forms.guides import GuideSearch
from organisations.models import Guide
from organisations.operations.guides import confirm_guide, save_contacts
from organisations.queries.guides import (
    GUIDE_KINDS,
    guide_editing_verdict,
    guide_page,
    guides_matching,
    own_guide,
    public_files,
)
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_guides
from organisations.views.files import public_file


class GuideViewSet(mixins.ListModelMixin, ScopedViewSet):
    """办事指南与联系方式：各医保局和采购服务中心的地址、电话、事项、接待日和下载。"""

    serializer_class = GuideSerializer
    token_subject = "organisations"
    lookup_field = "code"
    lookup_value_regex = r"[0-9A-Za-z_-]{1,18}"
    ordering = ("organisation_id",)

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[Guide]:
        search = GuideSearch(self.request.query_params)
        wanted = {}
        if self.action == "list" and search.is_valid():
            wanted = {
                "words": search.cleaned_data["q"], "region": search.cleaned_data["area"],
                "kind": search.cleaned_data["kind"],
            }  # fmt: skip
        elif self.action == "list":
            raise serializers.ValidationError(
                {name: [str(one) for one in said] for name, said in search.errors.items()}
            )
        matching = guides_matching(**wanted).order_by()
        return visible_guides(scope).filter(pk__in=matching.values("pk")).select_related(
            "organisation__region"
        )  # fmt: skip

    def get_object(self) -> Guide:
        found = self.get_queryset().filter(organisation__code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="机构、地区、事项的名称或拼音首字母"),
            OpenApiParameter("area", str, description="行政区划代码，含其下级"),
            OpenApiParameter("kind", str, enum=GUIDE_KINDS, description="机构类别"),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """查询办事指南。"""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=GuideDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个单位的办事指南及其事项、接待日和下载。"""
        return Response(_whole(self.get_object()))

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """一份公开的表格或手册。"""
        kept = public_files(self.get_object()).filter(pk=int(kwargs["file_id"])).first()
        if kept is None:
            raise Http404
        return public_file(kept.attachment)


class OfOwnOffice:
    """For bureaus and procurement centres; written by their clerks and admins."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind in GUIDE_KINDS

    def entry(self, scope: Scope) -> Verdict:
        return guide_editing_verdict(scope)


class OwnGuideEndpoint(OfOwnOffice, ScopedEndpoint):
    """本单位的办事指南。保存后立即公开。"""

    token_subject = "organisations"

    @extend_schema(responses=forced_singular_serializer(GuideDetailSerializer))
    def list(self, request: Request) -> Response:
        """本单位的办事指南；尚未填写时返回 404。"""
        guide = own_guide(self.scope)
        if guide is None:
            raise Http404
        return Response(_whole(guide))

    @extend_schema(request=ContactsSerializer, responses=GuideDetailSerializer)
    @action(detail=False, methods=["put"])
    def contacts(self, request: Request) -> Response:
        """保存地址、电话和办公时间；第一次保存即建立办事指南。"""
        form = ContactsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        seen = values.pop("version")
        guide = save_contacts(
            organisation=acting(request).organisation, values=values, by=acting(request),
            at=timezone.now(), seen_version=seen,
        )  # fmt: skip
        return Response(_whole(guide))

    @extend_schema(request=None, responses=GuideDetailSerializer)
    @action(detail=False, methods=["post"])
    def confirm(self, request: Request) -> Response:
        """记为今天核对无误。"""
        guide = confirm_guide(
            organisation=acting(request).organisation, by=acting(request), at=timezone.now()
        )
        return Response(_whole(guide))


def _whole(guide: Guide) -> Any:
    page = guide_page(guide, timezone.localdate())
    return GuideDetailSerializer(guide, context={"page": page}).data
