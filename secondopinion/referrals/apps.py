"""Registers the room referrals with Django."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "secondopinion.referrals"
    label = "referrals"
    default_auto_field = "django.db.models.BigAutoField"
