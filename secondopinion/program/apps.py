"""Registers the room program with Django."""

from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "secondopinion.program"
    label = "program"
    default_auto_field = "django.db.models.BigAutoField"
