"""Whoever is signed in verifies a PDF: who signed it, when, and whether one byte was changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.attachments.inspect import max_megabytes
from organisations.queries.certificates import verified_file
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView


class SignatureVerifyView(ScopedTemplateView):
    """Nothing is kept: the file is read, reported on, and forgotten."""

    template_name = "organisations/signature_verify.html"
    page_title = "验证签名"
    page_note = "上传带电子签名的 PDF，查看由谁、何时签署，签署后有没有改动过一个字节。文件不保存。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"limit": f"PDF，不超过 {max_megabytes()} MB", **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        upload = request.FILES.get("file")
        if upload is None:
            return self.refused("请选择要验证的 PDF 文件")
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            return self.refused(f"文件超过 {max_megabytes()} MB，无法在此验证")
        found = verified_file(upload.read())
        facts = [{"label": "SHA-256", "value": found.report.sha256}]
        return self.render_to_response(
            self.get_context_data(found=found, facts=facts, name=upload.name)
        )

    def refused(self, problem: str) -> HttpResponse:
        return self.render_to_response(self.get_context_data(problem=problem), status=400)
