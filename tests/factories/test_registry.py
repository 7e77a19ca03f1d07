"""Every model has a factory that makes a row which the database accepts."""

from __future__ import annotations

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tests.factories.registry import FACTORIES

MODELS = sorted(
    model._meta.label
    for app in settings.OUR_APPS
    for model in apps.get_app_config(app).get_models()
    if not issubclass(model, pghistory.models.Event)  # made by triggers
)


def test_registry_names_every_model_once() -> None:
    assert sorted(FACTORIES) == MODELS


@pytest.mark.django_db
@pytest.mark.parametrize("label", MODELS)
def test_factory_makes_a_row(label: str) -> None:
    made = FACTORIES[label]()
    connection.check_constraints()
    assert type(made)._base_manager.filter(pk=made.pk).count() == 1
    assert made._meta.label == label
