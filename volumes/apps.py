from django.apps import AppConfig


class VolumesConfig(AppConfig):
    name = "volumes"
    verbose_name = "报量"

    def ready(self) -> None:
        # Search and ordering ask the catalogue, which may not import what stands above it.
        import volumes.queries.second_obstacles  # noqa: F401
