"""Registers the room audit with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "secondopinion.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
