"""Registers the room arrivals with Django."""

from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    name = "secondopinion.arrivals"
    label = "arrivals"
    default_auto_field = "django.db.models.BigAutoField"
