from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OrganisationsConfig(AppConfig):
    name = "organisations"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        # Connects the receiver that gives every session its limits.
        # The platform's own lines of the menu.
        import organisations.queries.own_entries
        import organisations.views.session_rules  # noqa: F401

        # Every app names its own lines of the menu.
        autodiscover_modules("queries.navigation")
