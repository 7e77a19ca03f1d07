"""Errors of the API as RFC 9457 problem details, in Chinese, with paths of the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import connection
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from core.api.outages import BUSY, outage_of
from core.audit.record import request_origin
from core.transitions import MissingInput, Refusal

CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "无权办理",
    404: "未找到",
    405: "不支持的请求方法",
    406: "不支持的返回格式",
    409: "当前不能办理",
    410: "已经过期",
    413: "上传内容过大",
    415: "不支持的内容格式",
    422: "请求与先前不一致",
    429: "请求过于频繁",
    500: "平台出错",
    503: "服务暂时不可用",
}

DETAILS = {
    401: "请登录后再试，或检查接口令牌是否有效。",
    403: "您的账号没有办理此事的权限，请联系本机构管理员。",
    404: "您要找的内容不存在，或者不在您的查看范围内。",
    405: "该地址不支持这种请求方法。",
    406: "该地址只返回 JSON。",
    413: "提交的内容超过平台的上限，请分次提交；大的材料请以文件上传。",
    415: "请以 application/json 提交。",
    429: "请稍后再试。",
}


def problem(
    status: int,
    detail: str = "",
    *,
    kind: str = "about:blank",
    clause: str = "",
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The body of one problem; empty members are left out."""
    body: dict[str, Any] = {
        "type": kind,
        "title": TITLES.get(status, "请求未完成"),
        "status": status,
        "detail": detail or DETAILS.get(status, ""),
        "clause": clause,
        "errors": errors,
        "request_id": request_origin.get().request_id,
    }
    return {key: value for key, value in body.items() if value}


def problem_answer(
    status: int,
    detail: str = "",
    *,
    kind: str = "about:blank",
    clause: str = "",
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """A REST framework answer that carries a problem."""
    body = problem(status, detail, kind=kind, clause=clause, errors=errors)
    answer = Response(body, status=status, content_type=CONTENT_TYPE)
    answer.refusal_reason = body.get("detail", "")  # type: ignore[attr-defined]
    answer.refusal_clause = clause  # type: ignore[attr-defined]
    return answer


def plain_problem(status: int, detail: str = "") -> JsonResponse:
    """A problem outside REST framework's views: unknown addresses, errors of middleware."""
    body = problem(status, detail)
    answer = JsonResponse(
        body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    answer.refusal_reason = body.get("detail", "")  # type: ignore[attr-defined]
    return answer


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; None leaves a real fault to the 500 page."""
    if isinstance(error, Refusal):
        errors = None
        if isinstance(error, MissingInput):
            errors = [{"pointer": f"#/{error.field}", "detail": error.reason}]
        return problem_answer(error.status, error.reason, clause=error.clause, errors=errors)
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem_answer(404)
    if isinstance(error, PermissionDenied):
        return problem_answer(403, str(error))
    if isinstance(error, RequestDataTooBig):
        return problem_answer(413)
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(get_error_detail(error))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_field_errors(error.detail))
        return problem_answer(400, "提交的内容有误，请按提示改正。", errors=errors)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    outage = outage_of(error)
    if outage is BUSY and connection.in_atomic_block:
        return None  # the enclosing operation repeats it
    if outage is not None:
        return problem_answer(outage.status, f"{outage.what}。{outage.way_out}")
    return None


def _of_framework(error: exceptions.APIException) -> Response:
    said = error.detail if isinstance(error.detail, str) else ""
    detail = said if error.status_code in (400, 403, 409, 422) else ""
    answer = problem_answer(error.status_code, str(detail))
    header = getattr(error, "auth_header", None)
    if header:
        answer["WWW-Authenticate"] = header
    wait = getattr(error, "wait", None)
    if wait:
        answer["Retry-After"] = str(int(wait))
    return answer


def _field_errors(detail: Any, path: str = "#") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            own = path if key == "non_field_errors" else f"{path}/{key}"
            yield from _field_errors(value, own)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _field_errors(value, f"{path}/{index}" if nested else path)
    else:
        yield {"pointer": path, "detail": str(detail)}
