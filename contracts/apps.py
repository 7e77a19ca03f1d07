from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "三方协议"

    def ready(self) -> None:
        # Search and ordering ask the catalogue, which may not import what stands above it.
        import contracts.queries.bound
        import contracts.queries.orderable

        # The list of 落地准备 asks here how far the agreements are.
        import contracts.queries.preparation  # noqa: F401
