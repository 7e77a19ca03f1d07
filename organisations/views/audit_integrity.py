"""The auditor: check the chain against the heads kept outside, and take a copy of these."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.audit.heads import kept_heads
from organisations.forms.search import IntegrityForm
from organisations.operations.check_integrity import check_integrity, hand_out_heads
from organisations.queries.trail import trail_head
from organisations.views.audit import AuditPages
from organisations.views.scoped import ScopedTemplateView, ScopedView


class AuditIntegrityView(AuditPages, ScopedTemplateView):
    """The newest block, what is kept outside, and on demand a check of every block."""

    template_name = "organisations/audit_integrity.html"
    page_title = "审计完整性核对"
    page_note = (
        "审计事件每分钟封存一次，各封存块以摘要相连，每 10 分钟把最新摘要写到数据库以外留存；"
        "改动、删除、调换、补入事件或截去末尾，核对即可发现。"
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = kept_heads()
        context = {
            "head": trail_head(),
            "kept": len(kept.heads),
            "newest": kept.heads[-1] if kept.heads else None,
            "form": IntegrityForm(),
            **kwargs,
        }
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IntegrityForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        now = timezone.now()
        report = check_integrity(
            known_head=form.cleaned_data["head"],
            kept_copy=form.cleaned_data["copy"],
            by=self.user,
            at=now,
        )
        return self.render_to_response(
            self.get_context_data(form=form, report=report, checked_at=now)
        )


class AuditHeadsView(AuditPages, ScopedView):
    """POST only: the file of heads; taking a copy is in the trail."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        text = hand_out_heads(by=self.user, at=timezone.now())
        answer = HttpResponse(text, content_type="application/octet-stream")
        answer["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
        return answer
