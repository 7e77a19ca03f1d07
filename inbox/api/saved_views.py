"""Saved views of lists under /api/v1/saved-views/: the caller's own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.models import SavedView
from inbox.operations.saved_views import change_view, delete_view, save_view
from inbox.queries.visible import visible_saved_views
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope
from organisations.views.filtered import declared_lists


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """`page` is the list's route name, `query` what its address says after the question mark."""

    class Meta:
        model = SavedView
        fields = ("id", "page", "name", "query")

    def validate_page(self, page: str) -> str:
        if page not in declared_lists():
            raise serializers.ValidationError("没有这个列表")
        return page


class SavedViewChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, required=False)
    query = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SavedViewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """本人保存的列表视图。"""

    serializer_class = SavedViewSerializer
    token_subject = "inbox"
    lookup_value_regex = r"\d{1,18}"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[SavedView]:
        return visible_saved_views(scope)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """保存一个视图；同一列表内名称不能重复。"""
        given = SavedViewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        view = save_view(**given.validated_data, by=acting(request))
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """改名或改条件。"""
        view = self.get_object()
        given = SavedViewChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changed = change_view(view=view, by=acting(request), **given.validated_data)
        return Response(SavedViewSerializer(changed).data)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """删除一个视图。"""
        delete_view(view=self.get_object(), by=acting(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
