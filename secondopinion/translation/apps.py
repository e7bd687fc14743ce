"""Registers the room translation with Django."""

from importlib import import_module

from django.apps import AppConfig


class TranslationConfig(AppConfig):
    name = "secondopinion.translation"
    label = "translation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.translation.watching")  # told of moves from now on
