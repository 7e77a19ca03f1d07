from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"
    verbose_name = "采购供应"

    def ready(self) -> None:
        # The catalogue asks who buys a product when it is closed.
        import procurement.queries.buyers

        # Ordering is told where a standby product stands in.
        import procurement.queries.standby

        # 落地准备 asks what is in stock.
        import procurement.queries.stock_readiness  # noqa: F401
