"""Registers the room findings with Django."""

from importlib import import_module

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "secondopinion.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.findings.rules")  # its rules hold from now on
