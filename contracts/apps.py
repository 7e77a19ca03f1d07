from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "三方协议"

    def ready(self) -> None:
        # Search and ordering ask the catalogue, which may not import what stands above it.
        import contracts.queries.orderable  # noqa: F401
