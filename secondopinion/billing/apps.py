"""Registers the room billing with Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "secondopinion.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
