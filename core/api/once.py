"""Idempotency-Key: the same write sent again gives the first answer and no second effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.models import IdempotentAnswer
from core.operations import operation

MAX_KEY = 200
SHOWN_ONCE = ("one_time_password", "token", "secret")
"""Secrets in an answer, which are never written down; a repeated call gets the rest."""
Handler = Callable[..., HttpResponseBase]


class KeyReused(APIException):
    status_code = 422
    default_detail = "该幂等键已用于另一项内容不同的请求，请更换幂等键。"


def once(handler: Handler, key: str) -> Handler:
    """Wrap a method of a view. Claim, effect and kept answer are one transaction.

    Only successes are kept: a refusal or an error rolls everything back, the claim too, and may
    be sent again. Two at once: the second waits for the first and gets its answer.
    """
    if len(key) > MAX_KEY:
        raise ParseError(f"幂等键最长 {MAX_KEY} 个字符")

    @operation
    def run(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A savepoint where the caller holds a transaction already: a refusal undoes the claim.
        with transaction.atomic():
            digest = _digest(request)
            claim = _claim(request, key, digest)
            if claim.status is not None:
                if claim.request_digest != digest:
                    raise KeyReused
                return _kept(claim)
            answer = handler(request, *args, **kwargs)
            if answer.status_code >= 300 or not isinstance(answer, Response):
                transaction.set_rollback(True)
                return answer
            _keep(claim, answer)
            return answer

    return run


def _digest(request: Request) -> str:
    data: Any = request.data
    if hasattr(data, "lists"):  # a form: every value of every name, files by their bytes
        data = {name: [_content(value) for value in values] for name, values in data.lists()}
    text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(f"{request.get_full_path()}\n{text}".encode()).hexdigest()


def _content(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    summed = hashlib.sha256()
    for part in value.chunks():
        summed.update(part)
    value.seek(0)
    return [value.name, summed.hexdigest()]


def _claim(request: Request, key: str, digest: str) -> IdempotentAnswer:
    """The row of this key, inserted now if nobody has; waits for a claim under way."""
    match = request.resolver_match
    route = f"{request.method} {match.view_name if match else ''}"
    identity = {"user_id": request.user.pk, "route": route, "key": key}
    new = IdempotentAnswer(**identity, request_digest=digest, claimed_at=timezone.now())
    IdempotentAnswer.objects.bulk_create([new], ignore_conflicts=True)
    return IdempotentAnswer.objects.select_for_update().get(**identity)


def _keep(claim: IdempotentAnswer, answer: Response) -> None:
    claim.status = answer.status_code
    data = answer.data
    if isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in SHOWN_ONCE}
    claim.content = JSONRenderer().render(data).decode()
    claim.content_type = "application/json"
    claim.location = answer.get("Location", "")
    claim.save(update_fields=["status", "content", "content_type", "location"])


def _kept(claim: IdempotentAnswer) -> HttpResponse:
    answer = HttpResponse(claim.content, status=claim.status, content_type=claim.content_type)
    if claim.location:
        answer["Location"] = claim.location
    answer["Idempotent-Replay"] = "true"
    return answer
