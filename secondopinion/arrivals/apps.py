"""Registers the room arrivals with Django."""

from importlib import import_module

from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    name = "secondopinion.arrivals"
    label = "arrivals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.arrivals.tasks")  # told of changes from now on
        import_module("secondopinion.arrivals.cleaning")  # what the clock calls
