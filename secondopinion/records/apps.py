"""Registers the room records with Django."""

from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "secondopinion.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.records.closing")  # closes translations from now on
