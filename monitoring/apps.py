from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "监测"

    def ready(self) -> None:
        # Hangs the actions that follow a complaint on its page, and acts on many actions; tells
        # policy what is issued, and ordering what a sanction stops.
        import monitoring.operations.actions.bulk
        import monitoring.queries.complaint_actions
        import monitoring.queries.issued_until
        import monitoring.queries.sanction_cases  # noqa: F401
