from django.apps import AppConfig


class InterchangeConfig(AppConfig):
    name = "interchange"
    verbose_name = "数据交换"

    def ready(self) -> None:
        # A batch made by page passes the same checks as one that is loaded.
        from catalog.operations.batch_check import check_with
        from interchange.operations.check_batch import check_batch

        check_with(check_batch)
