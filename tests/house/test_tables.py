"""Tables point back only, no row is pulled away from a record, and each has its word in the glossary."""

from django.apps import apps
from django.db import models

from tests.support.house import PACKAGE, ROOMS, ROOT


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("anlan.")]


def room(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def links() -> list[tuple[str, models.ForeignKey]]:
    return [
        (f"{model._meta.label}.{field.name}", field)
        for model in tables()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model.__module__.startswith("anlan.")
    ]


def test_a_link_points_to_its_own_room_or_an_earlier_one() -> None:
    forward = [
        name
        for name, field in links()
        if ROOMS.index(room(field.related_model)) > ROOMS.index(room(field.model))
    ]
    assert not forward


def test_a_link_leaves_nothing_on_the_other_side() -> None:
    assert not [name for name, field in links() if field.remote_field.related_name != "+"]


def test_what_a_link_points_to_cannot_be_deleted() -> None:
    assert not [name for name, field in links() if field.remote_field.on_delete is not models.PROTECT]


def test_every_table_has_its_word_in_the_glossary() -> None:
    told = [ROOT / "docs/glossary.md", *PACKAGE.glob("*/README.md")]
    glossary = "".join(page.read_text() for page in told)
    missing = sorted(model.__name__ for model in tables() if f"`{model.__name__}`" not in glossary)
    assert not missing, f"add to docs/glossary.md, or a new room's to its README.md: {missing}"
