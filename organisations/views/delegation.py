"""An admin sets who stands in and who takes over; the delegate takes the colleague's person on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from core.views.object_page import Action
from organisations.forms.delegation import DelegationForm, HandoverForm
from organisations.models import Delegation, User
from organisations.operations.delegation import (
    end_delegation,
    hand_over,
    note_standing_in,
    set_delegation,
)
from organisations.queries.audit_words import action_words
from organisations.queries.delegations import (
    live_delegation,
    roles_held_alone,
    standing_in,
    tokens_issued_by,
    visible_delegations,
)
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.people import PeopleManager
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from organisations.views.session_rules import ACTING

HANDED = {action_words(f"delegation.{verb}") for verb in ("set", "begin", "pause", "end")} | {
    action_words("user.hand_over")
}
"""The steps of a person's trail that this page tells of."""


def handover_acts(person: User, live: Delegation | None) -> list[Action]:
    """What can be done about this person's absence now, else why not."""
    off = "" if person.is_active else "该账号已停用"
    acts: list[Action] = [
        {"label": "设定代办", "url": "#delegate", "reason": off},
        {"label": "离岗移交", "url": "#hand-over", "reason": off},
    ]
    if live is not None:
        end = reverse("delegation-end", args=[live.pk])
        acts.insert(0, {"label": "取消代办", "url": end, "method": "post"})
    return acts


class HandoverView(PeopleManager, ScopedDetailView):
    """One person: who stands in, what hangs on the person alone, and the handover."""

    template_name = "organisations/handover.html"
    key_field = "username"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: User = kwargs["object"]
        alone = [User.Role(role).label for role in roles_held_alone(person)]
        rows = list(visible_delegations(self.scope).filter(absent=person)[:20])
        now = timezone.now()
        context = {
            "delegation_form": DelegationForm(person=person),
            "handover_form": HandoverForm(person=person),
            "alone": alone,
            "tokens": tokens_issued_by(person).count(),
            "delegations": rows,
            "now": now,
            "standing_in": standing_in(rows, now),
            "offered": handover_acts(person, standing_in(rows, now)),
            "timeline": [
                step for step in steps_of(self.scope, "user", person.pk) if step["what"] in HANDED
            ],
            "breadcrumbs": [
                {"label": "人员管理", "url": reverse("people")},
                {"label": person.name, "url": reverse("person", args=[person.username])},
                {"label": "代办与移交"},
            ],
            "page_title": f"{person.name}：代办与移交",
            **kwargs,
        }
        return super().get_context_data(**context)


class DelegationSetView(HandoverView):
    """POST only: somebody stands in for the person."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.get_object()
        form = DelegationForm(request.POST, person=person)
        if form.is_valid():
            values = form.cleaned_data
            try:
                set_delegation(
                    absent=person, delegate=values["colleague"], starts_at=values["starts_at"],
                    ends_at=values["ends_at"], reason=values["reason"], by=self.user,
                    at=timezone.now(),
                )  # fmt: skip
            except Refusal as refusal:
                field = getattr(refusal, "field", "")
                form.add_error(field if field in form.fields else None, refusal.reason)
            else:
                messages.success(request, "已设定代办，到期自动结束")
                return HttpResponseRedirect(reverse("person-handover", args=[person.username]))
        context = self.get_context_data(object=person, delegation_form=form)
        return self.render_to_response(context, status=400)


class HandoverActView(HandoverView):
    """POST only: the colleague takes over and the account ends."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.get_object()
        form = HandoverForm(request.POST, person=person)
        if form.is_valid():
            values = form.cleaned_data
            done = hand_over(
                leaver=person, colleague=values["colleague"],
                revoke_tokens=values["revoke_tokens"], by=self.user, at=timezone.now(),
            )  # fmt: skip
            roles = "、".join(str(User.Role(role).label) for role in done.roles)
            messages.success(
                request,
                f"{person.name} 已停用"
                + (f"，{roles} 角色已交给 {values['colleague'].name}" if roles else "")
                + (f"，草稿 {done.drafts} 份转给 {values['colleague'].name}" if done.drafts else "")
                + (f"，吊销接口令牌 {done.tokens} 个" if done.tokens else ""),
            )
            return HttpResponseRedirect(reverse("people"))
        context = self.get_context_data(object=person, handover_form=form)
        return self.render_to_response(context, status=400)


class DelegationEndView(ScopedDetailView):
    """POST only: end a delegation before its time; an admin's act, or the absent person's own."""

    http_method_names = ("post", "options")

    def visible(self, scope: Scope) -> QuerySet[Delegation]:
        rows = visible_delegations(scope)
        return rows if scope.has_role("admin") else rows.filter(absent_id=scope.user_id)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ended = end_delegation(delegation=self.get_object(), by=self.user, at=timezone.now())
        messages.success(request, "代办已取消")
        back = "stand-in" if ended.absent_id == self.user.pk else "person-handover"
        names = [] if back == "stand-in" else [ended.absent.username]
        return HttpResponseRedirect(reverse(back, args=names))


class StandInView(ScopedTemplateView):
    """Whom one may stand in for now, and who stands in for oneself."""

    template_name = "organisations/stand_in.html"
    page_title = "代办"
    page_note = "以代办身份办理的事项，审计和办理经过同时记录本人和被代办人。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = visible_delegations(self.scope).filter(ends_at__gt=now)
        return super().get_context_data(
            mine=[row for row in rows if row.delegate_id == self.user.pk],
            of_me=[row for row in rows if row.absent_id == self.user.pk],
            acting=self.request.session.get(ACTING),
            now=now,
            **kwargs,
        )


class StandInActView(StandInView):
    """POST only: take the colleague's person on, or lay it down."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        live = live_delegation(self.user, int(kwargs["key"]), now)
        if live is None:
            raise Http404
        begins = kwargs["act"] == "begin"
        note_standing_in(delegation=live, begins=begins, by=self.user, at=now)
        if begins:
            request.session[ACTING] = live.pk
            messages.success(request, f"现在以代办 {live.absent.name} 的身份办理")
        else:
            request.session.pop(ACTING, None)
            messages.success(request, "已恢复本人身份")
        return HttpResponseRedirect(reverse("home" if begins else "stand-in"))
