"""Addresses of oversight."""

from django.urls import path

from secondopinion.web.desk import copies
from secondopinion.web.oversight import views

urlpatterns = [
    path("director/", views.director, name="director"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/copies/", copies.every, name="copies"),
    path("jobs/", views.job_list, name="jobs"),
]
