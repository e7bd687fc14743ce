"""Registers the room desk with Django."""

from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "secondopinion.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let this room choose who gets a new case, in every process."""
        import_module("secondopinion.desk.queries")
