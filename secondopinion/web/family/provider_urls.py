"""Addresses of those who have no account: local providers, the other parent."""

from django.urls import path

from secondopinion.web.family import agreeing, provider

urlpatterns = [
    path("agree/<str:token>/", agreeing.agree, name="agree"),
    path("link/<str:token>/", provider.link, name="link"),
    path("provider/cases/<str:reference>/", provider.case_page, name="provider-case"),
    path("provider/cases/<str:reference>/<str:action>/", provider.act, name="provider-act"),
]
