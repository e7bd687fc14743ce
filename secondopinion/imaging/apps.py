"""Registers the room imaging with Django."""

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "secondopinion.imaging"
    label = "imaging"
    default_auto_field = "django.db.models.BigAutoField"
