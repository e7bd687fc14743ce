"""Registers the room guardians with Django."""

from importlib import import_module

from django.apps import AppConfig


class GuardiansConfig(AppConfig):
    name = "secondopinion.guardians"
    label = "guardians"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let what the families still owe stand before the actions that need it."""
        import_module("secondopinion.guardians.rules")
