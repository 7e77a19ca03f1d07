from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = "待办与通知"

    def ready(self) -> None:
        # Every app names its own panels of the home page.
        autodiscover_modules("queries.home")
