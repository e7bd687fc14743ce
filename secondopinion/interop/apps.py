"""Registers the room interop with Django."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "secondopinion.interop"
    label = "interop"
    default_auto_field = "django.db.models.BigAutoField"
