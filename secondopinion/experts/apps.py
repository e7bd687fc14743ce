"""Registers the room experts with Django."""

from importlib import import_module

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "secondopinion.experts"
    label = "experts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.experts.reading")  # says what experts read from now on
