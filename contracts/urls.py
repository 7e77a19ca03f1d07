"""Addresses of agreements."""

from django.urls import path

from contracts.views.signing import BatchSigningView

urlpatterns = [
    path(
        "contracts/batches/<path:code>/signing/", BatchSigningView.as_view(), name="batch-signing"
    ),
]
