"""Addresses of local providers."""

from django.urls import path

from secondopinion.web.family import provider

urlpatterns = [
    path("link/<str:token>/", provider.link, name="link"),
    path("provider/cases/<str:reference>/", provider.case_page, name="provider-case"),
    path("provider/cases/<str:reference>/<str:action>/", provider.act, name="provider-act"),
]
