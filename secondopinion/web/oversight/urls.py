"""Addresses of oversight."""

from django.urls import path

from secondopinion.web.oversight import views

urlpatterns = [
    path("director/", views.director, name="director"),
    path("privacy/", views.privacy, name="privacy"),
    path("jobs/", views.job_list, name="jobs"),
]
