"""Registers the room experts with Django."""

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "secondopinion.experts"
    label = "experts"
    default_auto_field = "django.db.models.BigAutoField"
