"""Relations point downwards in the chain of apps; string references escape the import linter."""

from django.apps import apps
from django.conf import settings

CHAIN = [
    "core",
    "organisations",
    "inbox",
    "policy",
    "catalog",
    "contracts",
    "procurement",
    "volumes",
    "complaints",
    "monitoring",
    "settlement",
    "interchange",
]


def upward_relations() -> list[str]:
    rank = {label: number for number, label in enumerate(CHAIN)}
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in rank:
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or not field.is_relation or not isinstance(target, type):
                continue
            label = target._meta.app_label
            if target._meta.label == settings.AUTH_USER_MODEL or label not in rank:
                continue
            if rank[label] > rank[model._meta.app_label]:
                found.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    return found


def test_chain_holds_all_our_apps() -> None:
    assert set(CHAIN) == set(settings.OUR_APPS)


def test_no_relation_points_upwards() -> None:
    assert upward_relations() == []


def test_the_walk_sees_relations() -> None:
    # Twin with the rule turned round: it must find those that point downwards.
    CHAIN.reverse()
    try:
        assert upward_relations() != []
    finally:
        CHAIN.reverse()
