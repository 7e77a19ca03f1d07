from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = "待办与通知"

    def ready(self) -> None:
        # Lists ask here what a person set for them.
        # The administrators' panel is our own too.
        import inbox.queries.admin_panel
        import inbox.queries.list_choices

        # Every app names its own panels of the home page, and its bulk acts.
        autodiscover_modules("queries.home", "operations.bulk")
        # Our own panel; and whoever knows which organisations take part in a batch.
        import inbox.queries.announcement_panel  # noqa: F401

        autodiscover_modules("queries.audience")
        # What organisations asks of us without knowing us.
        from inbox.operations.board import InboxBoard
        from organisations.operations.board import use_board

        use_board(InboxBoard())
