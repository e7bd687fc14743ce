"""Registers the room findings with Django."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "secondopinion.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"
