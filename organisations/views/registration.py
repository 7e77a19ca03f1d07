"""Registration without signing in: the form, the receipt, mending, and the first password."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.attachments.inspect import max_megabytes
from core.audit.origin import client_ip
from core.transitions import MissingInput, Refusal
from organisations.forms.registration import (
    FORMS,
    EditCodeForm,
    ReceiptForm,
    RegistrationForm,
    initial_of,
)
from organisations.models import Registration
from organisations.operations.registration import (
    collect_first_password,
    edit_code_fits,
    file_registration,
    revise_registration,
    withdraw_registration,
)
from organisations.operations.review_registration import REVIEWED_FIELDS
from organisations.queries.registrations import registration_by_receipt, registration_files
from organisations.views.public import public_limit

OPENED = "registration"
"""The receipt number that this browser gave the right edit code for."""


class OpenView(View):
    """Limited per address; never kept by a cache, for it may hold what one applicant typed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return public_limit(request) or super().dispatch(request, *args, **kwargs)


class RegisterChoiceView(OpenView):
    """Which kind of organisation registers, and what it needs at hand."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "organisations/register.html")


class RegisterView(OpenView):
    """The form of one kind; POST files it."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return _form_page(request, FORMS[kind](), kind)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        form = FORMS[kind](request.POST)
        if form.is_valid():
            try:
                row, code = file_registration(
                    particulars=form.particulars(),
                    uploads=request.FILES.getlist("files"),
                    submits="draft" not in request.POST,
                    source_ip=client_ip(request),
                    at=timezone.now(),
                )
            except Refusal as refusal:
                _blame(form, refusal)
            else:
                request.session[OPENED] = row.receipt_no
                context = {"row": row, "edit_code": code}
                return render(request, "organisations/register_done.html", context, status=201)
        return _form_page(request, form, kind, status=400)


class ReceiptView(OpenView):
    """How far a registration is, for whoever has its number; nothing personal is on it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "no" not in request.GET:
            return self._page(request, ReceiptForm(), None)
        form = ReceiptForm(request.GET)
        row = registration_by_receipt(form.cleaned_data["no"]) if form.is_valid() else None
        if form.is_valid() and row is None:
            form.add_error("no", "没有这个回执号，请核对；字母一律大写")
        return self._page(request, form, row, 200 if row else 404)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The edit code opens the form of a draft or of what was returned."""
        form = EditCodeForm(request.POST)
        row = registration_by_receipt(form.cleaned_data["no"]) if form.is_valid() else None
        if row is None or not edit_code_fits(row, form.cleaned_data["code"]):
            if form.is_valid():
                form.add_error("code", "回执号或修改码不正确")
            return self._page(request, form, None, 400)
        request.session[OPENED] = row.receipt_no
        return HttpResponseRedirect(reverse("register-edit"))

    def _page(
        self, request: HttpRequest, form: ReceiptForm, row: Registration | None, status: int = 200
    ) -> HttpResponse:
        steps = list(row.steps.order_by("pk")) if row else []
        timeline = [
            {"at": step.at, "who": step.office, "what": step.label, "note": step.text}
            for step in steps
        ]
        context = {
            "form": form,
            "row": row,
            "timeline": timeline,
            "findings": _findings(row),
            "edit_form": EditCodeForm(initial={"no": row.receipt_no}) if row else None,
        }
        return render(request, "organisations/register_receipt.html", context, status=status)


class EditView(OpenView):
    """The applicant again, after the edit code: mend, send in, withdraw, or fetch the password."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row = registration_by_receipt(request.session.get(OPENED, ""))
        if row is None:
            return HttpResponseRedirect(reverse("register-receipt"))
        self.row = row
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, FORMS[self.row.kind](initial=initial_of(self.row)))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if "withdraw" in request.POST:
            withdraw_registration(registration=self.row, at=now)
            return HttpResponseRedirect(_receipt_url(self.row))
        if "password" in request.POST:
            username, password = collect_first_password(registration=self.row, at=now)
            return self._page(
                request, FORMS[self.row.kind](initial=initial_of(self.row)),
                username=username, password=password,
            )  # fmt: skip
        form = FORMS[self.row.kind](request.POST)
        if form.is_valid():
            try:
                revise_registration(
                    registration=self.row,
                    particulars=form.particulars(),
                    uploads=request.FILES.getlist("files"),
                    submits="draft" not in request.POST,
                    at=now,
                )
            except Refusal as refusal:
                _blame(form, refusal)
            else:
                return HttpResponseRedirect(_receipt_url(self.row))
        return self._page(request, form, status=400)

    def _page(
        self, request: HttpRequest, form: RegistrationForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {"row": self.row, "files": registration_files(self.row), **more}
        return _form_page(request, form, self.row.kind, status=status, **context)


def _form_page(
    request: HttpRequest, form: RegistrationForm, kind: str, status: int = 200, **more: Any
) -> HttpResponse:
    row = more.get("row")
    context = {
        "form": form,
        "kind": kind,
        "kind_label": Registration.Kind(kind).label,
        "findings": _findings(row),
        "editable": row is None or row.state in ("draft", "returned"),
        "accept": ".pdf,.jpg,.jpeg,.png",
        "limit": f"单个不超过 {max_megabytes()} MB，最多 10 个",
        **more,
    }
    return render(request, "organisations/register_form.html", context, status=status)


def _blame(form: RegistrationForm, refusal: Refusal) -> None:
    field = refusal.field if isinstance(refusal, MissingInput) else None
    form.add_error(field if field in form.fields else None, refusal.reason)


def _findings(row: Registration | None) -> list[tuple[str, str]]:
    if row is None or row.state != "returned":
        return []
    return [(REVIEWED_FIELDS.get(name, name), text) for name, text in row.findings.items()]


def _receipt_url(row: Registration) -> str:
    return f"{reverse('register-receipt')}?no={row.receipt_no}"
