"""Tasks, notices, and how people like their lists and forms."""

from __future__ import annotations

from inbox.models import BulkRun, Draft, ListChoice, Notice, SavedView, Task
from organisations.models import Organisation, User
from tests.factories.organisations import LONG_AGO, number, organisation, person


def task(of: Organisation | None = None, **fields: object) -> Task:
    values: dict[str, object] = {
        "act": "warning.explain", "title": "说明预警", "object_type": "warning",
        "object_key": f"W{number()}", "url": "/", "created_at": LONG_AGO,
    }  # fmt: skip
    return Task.objects.create(organisation=of or organisation(), **values | fields)


def notice(of: Organisation | None = None, **fields: object) -> Notice:
    values: dict[str, object] = {"title": "通知", "key": f"N{number()}", "created_at": LONG_AGO}
    return Notice.objects.create(organisation=of or organisation(), **values | fields)


def saved_view(of: User | None = None, **fields: object) -> SavedView:
    values: dict[str, object] = {"page": "warning-list", "name": f"视图{number()}", "query": "a=1"}
    return SavedView.objects.create(user=of or person(), **values | fields)


def list_choice(of: User | None = None, **fields: object) -> ListChoice:
    return ListChoice.objects.create(user=of or person(), **{"page": "warning-list"} | fields)


def bulk_run(of: User | None = None, **fields: object) -> BulkRun:
    values: dict[str, object] = {"act": "notice-read", "created_at": LONG_AGO}
    return BulkRun.objects.create(user=of or person(), **values | fields)


def draft(of: User | None = None, **fields: object) -> Draft:
    values: dict[str, object] = {"key": f"form-{number()}", "saved_at": LONG_AGO}
    return Draft.objects.create(user=of or person(), **values | fields)
