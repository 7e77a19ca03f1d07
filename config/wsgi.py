import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ZHAOCAI_PROCESS", "web")

from core.embedded import services

services.ensure_started()

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()
# All pages before the first request, which would wait for them, and before workers are forked.
_ = get_resolver().url_patterns
