"""Registers the room billing with Django."""

from importlib import import_module

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "secondopinion.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("secondopinion.billing.rules")  # its rules hold from now on
