"""Prometheus figures for the machine itself or whoever has the token; others see nothing there."""

import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from django_prometheus.exports import ExportToDjangoView

from config.figures import platform_figures


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    answer.content += platform_figures()
    return answer


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # Behind a proxy everybody's address is the proxy's, so only the token counts.
    if settings.BEHIND_PROXY:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
