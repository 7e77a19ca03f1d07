import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ZHAOCAI_PROCESS", "web")

from core.embedded import services

services.ensure_started()

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
