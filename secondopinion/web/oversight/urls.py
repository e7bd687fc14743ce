"""Addresses of oversight."""

from django.urls import path

from secondopinion.web.desk import copies
from secondopinion.web.oversight import forecasts, views

urlpatterns = [
    path("director/", views.director, name="director"),
    path("director/forecasts/", forecasts.forecasts, name="forecasts"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/copies/", copies.every, name="copies"),
    path("jobs/", views.job_list, name="jobs"),
]
