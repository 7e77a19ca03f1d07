"""Endpoints of complaints and contacts: the same operations, sight and words as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.known import Known
from complaints.api import serializers as kinds
from complaints.filters import ComplaintFilter, ContactFilter
from complaints.models import Complaint, LiaisonContact
from complaints.operations.bureau import close_complaint, escalate, supervise
from complaints.operations.contacts import check_contact, end_contact, name_contact
from complaints.operations.file_complaint import NewComplaint, file_complaint
from complaints.operations.moves import (
    claim_solved,
    confirm_solved,
    refuse_solved,
    reply_complaint,
    withdraw_complaint,
)
from complaints.operations.thread import say
from complaints.queries.cases import PARTIES, may_file, with_state
from complaints.queries.page import files_of
from complaints.queries.visible import visible_complaints, visible_contacts, visible_messages
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.api.parties import PARTIES as NAMED
from organisations.queries.scope import Scope
from organisations.views.files import served

MESSAGES = 500


class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """诉求：问题直报的提出、回复、承诺与解决时间，按提出时间从新到旧。"""

    serializer_class = kinds.ComplaintSerializer
    filterset_class = ComplaintFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "complaints"
    lookup_field = "complaint_no"
    lookup_value_regex = r"[^/]{1,60}"
    ordering = ("-filed_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Complaint]:
        named = {*NAMED, *PARTIES} if self.action not in ("list", "retrieve") else set(NAMED)
        return with_state(visible_complaints(scope)).select_related(
            "case", "product", *sorted(named)
        )

    def values(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"known": Known(self.scope)})
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def answer(self, complaint_no: str, code: int = status.HTTP_200_OK) -> Response:
        """The complaint as it is now."""
        row = self.visible(self.scope).get(complaint_no=complaint_no)
        return Response(kinds.ComplaintSerializer(row).data, status=code)

    def step(
        self, act: Callable[..., object], kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        """One operation on the complaint with what the body holds."""
        row = self.get_object()
        values = self.values(kind, request)
        if "files" in values:
            values["uploads"] = values.pop("files")
        act(
            complaint=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version", None), **values,
        )  # fmt: skip
        return self.answer(row.complaint_no)

    @extend_schema(request=kinds.NewComplaintSerializer, responses={201: kinds.ComplaintSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出诉求；照片和材料以 files 上传，可多个。"""
        allowed = may_file(self.scope)
        if not allowed:
            raise NotYours.of(allowed)
        values = self.values(kinds.NewComplaintSerializer, request)
        values["uploads"] = tuple(values.pop("files"))
        made = file_complaint(
            new=NewComplaint(**values), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return self.answer(made.complaint_no, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.ComplaintReplySerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """被反映的单位回复，并承诺解决日期。"""
        return self.step(reply_complaint, kinds.ComplaintReplySerializer, request)

    @extend_schema(request=kinds.ComplaintClaimSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """被反映的单位申报已解决。"""
        return self.step(claim_solved, kinds.ComplaintClaimSerializer, request)

    @extend_schema(request=kinds.ComplaintConfirmSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出方确认已解决。"""
        return self.step(confirm_solved, kinds.ComplaintConfirmSerializer, request)

    @extend_schema(request=kinds.ComplaintRefuseSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出方说明没有解决，退回对方重新办理。"""
        return self.step(refuse_solved, kinds.ComplaintRefuseSerializer, request)

    @extend_schema(request=kinds.ComplaintWithdrawSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出方撤回。"""
        return self.step(withdraw_complaint, kinds.ComplaintWithdrawSerializer, request)

    @extend_schema(request=kinds.ComplaintCloseSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局办结。"""
        return self.step(close_complaint, kinds.ComplaintCloseSerializer, request)

    @extend_schema(request=kinds.ComplaintWordsSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def supervise(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局督办。"""
        return self.step(supervise, kinds.ComplaintWordsSerializer, request)

    @extend_schema(request=kinds.ComplaintWordsSerializer, responses=kinds.ComplaintSerializer)
    @action(detail=True, methods=["post"])
    def escalate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """上报上一级医保局；上级调用则为提级办理。"""
        return self.step(escalate, kinds.ComplaintWordsSerializer, request)

    @extend_schema(responses=kinds.ComplaintMessageSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def messages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """往来留言和各步的文字，先后为序，至多 500 条。"""
        rows = visible_messages(self.scope).filter(case__complaint=self.get_object())
        found = rows.select_related("organisation").order_by("pk")[:MESSAGES]
        return Response(kinds.ComplaintMessageSerializer(found, many=True).data)

    @extend_schema(
        request=kinds.NewMessageSerializer, responses={201: kinds.ComplaintMessageSerializer}
    )
    @messages.mapping.post
    def add_message(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """留言，各方可见；材料以 files 上传。"""
        row = self.get_object()
        values = self.values(kinds.NewMessageSerializer, request)
        made = say(
            complaint=row, text=values["text"], uploads=values["files"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(kinds.ComplaintMessageSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """往来中的材料。"""
        return Response(KeptFileSerializer(files_of(self.scope, self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份材料的内容；未通过检查的不提供。"""
        return served(request, files_of(self.scope, self.get_object()), kwargs["file_id"])


class ContactViewSet(mixins.ListModelMixin, ScopedViewSet):
    """四方联络人。"""

    serializer_class = kinds.ContactSerializer
    personal = ("contact_no", "phone")
    filterset_class = ContactFilter
    token_subject = "complaints"
    lookup_field = "contact_no"
    lookup_value_regex = r"[A-Z0-9]{1,18}"
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[LiaisonContact]:
        return visible_contacts(scope).select_related("organisation", "product")

    @extend_schema(request=kinds.NewContactSerializer, responses={201: kinds.ContactSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记本单位的联络人。"""
        serializer = kinds.NewContactSerializer(
            data=request.data, context={"known": Known(self.scope)}
        )
        serializer.is_valid(raise_exception=True)
        made = name_contact(
            by=acting(request), scope=self.scope, at=timezone.now(), **serializer.validated_data
        )
        return Response(kinds.ContactSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.ComplaintVersionSerializer, responses=kinds.ContactSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核对无误。"""
        return self._step(check_contact, request)

    @extend_schema(request=kinds.ComplaintVersionSerializer, responses=kinds.ContactSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """停用。"""
        return self._step(end_contact, request)

    def _step(self, act: Callable[..., LiaisonContact], request: Request) -> Response:
        row = self.get_object()
        serializer = kinds.ComplaintVersionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        done = act(
            contact=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=serializer.validated_data.get("version"),
        )  # fmt: skip
        return Response(kinds.ContactSerializer(done).data)
