"""What the finished description gets on top: words of fields and the problems of each operation."""

from __future__ import annotations

import re
from typing import Any

from config.openapi.words import FIELDS
from core.api.problems import TITLES

HAN = re.compile("[一-鿿]")
READ_PROBLEMS = (400, 401, 403, 404, 406, 429, 503)
WRITE_PROBLEMS = (*READ_PROBLEMS, 409, 413, 415, 422)
EXTRA = {"/api/v1/changes/": (410,)}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 问题说明，文字供直接显示给用户",
    "required": ["title", "status"],
    "properties": {
        "type": {"type": "string", "description": "问题类型，一般为 about:blank"},
        "title": {"type": "string", "description": "简短标题"},
        "status": {"type": "integer", "description": "HTTP 状态码"},
        "detail": {"type": "string", "description": "原因和怎样处理"},
        "clause": {"type": "string", "description": "依据条款"},
        "request_id": {"type": "string", "description": "请求编号，报障时请提供"},
        "errors": {
            "type": "array",
            "description": "逐个字段的问题",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "字段位置，如 #/explanation"},
                    "detail": {"type": "string", "description": "问题"},
                },
            },
        },
    },
    "example": {
        "type": "about:blank",
        "title": "请求有误",
        "status": 400,
        "detail": "提交的内容有误，请按提示改正。",
        "errors": [{"pointer": "#/explanation", "detail": "请确保该字段至少包含 5 个字符。"}],
        "request_id": "0f8fad5bd9cb469fa16570867728950e",
    },
}


def complete(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's hook after the description is made."""
    schemas: dict[str, Any] = result.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in schemas.items():
        for field, said in schema.get("properties", {}).items():
            _word(name, field, said)
    schemas["ProblemDetails"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                _word("", parameter["name"], parameter)
            statuses = READ_PROBLEMS if method == "get" else WRITE_PROBLEMS
            for status in (*statuses, *EXTRA.get(path, ())):
                operation["responses"].setdefault(str(status), _problem(status))
    return result


def _word(component: str, field: str, said: dict[str, Any]) -> None:
    words = FIELDS.get(f"{component}.{field}") or FIELDS.get(field)
    own = said.get("description", "")
    if HAN.search(own):
        return
    text = words or said.get("title", "")
    if not HAN.search(text):
        return
    if "$ref" in said:  # beside a reference nothing else counts
        said["allOf"] = [{"$ref": said.pop("$ref")}]
    said["description"] = f"{text}\n\n{own}" if own else text


def _problem(status: int) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/ProblemDetails"}
    answer: dict[str, Any] = {
        "description": TITLES[status],
        "content": {"application/problem+json": {"schema": reference}},
    }
    if status == 429:
        answer["headers"] = {
            "Retry-After": {"description": "多少秒后可再试", "schema": {"type": "integer"}}
        }
    return answer
