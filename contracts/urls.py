"""Addresses of agreements."""

from django.urls import path

from contracts.views.signing import BatchSigningView

urlpatterns = [
    path("contracts/batches/<str:code>/signing/", BatchSigningView.as_view(), name="batch-signing"),
]
