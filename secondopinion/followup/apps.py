"""Registers the room followup with Django."""

from importlib import import_module

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "secondopinion.followup"
    label = "followup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.followup.rules")  # its rules hold from now on
