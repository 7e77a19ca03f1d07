from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "挂网目录与批次"

    def ready(self) -> None:
        # Says by itself why a product cannot be ordered.
        # Adds its reasons to why a product may not be ordered.
        import catalog.queries.holds
        import catalog.queries.registrations  # noqa: F401
