import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ZHAOCAI_PROCESS", "web")

from core.embedded import services  # noqa: E402 - settings read the addresses of what it starts

services.ensure_started()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
