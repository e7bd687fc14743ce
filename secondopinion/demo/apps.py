"""Registers the room demo with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "secondopinion.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
