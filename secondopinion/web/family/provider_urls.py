"""Addresses that a one-time link opens, and those of local providers."""

from django.urls import path

from secondopinion.web.family import agreeing, provider, taking

urlpatterns = [
    path("agree/<str:token>/", agreeing.agree, name="agree"),
    path("take-over/", taking.by_code, name="by-code"),
    path("take-over/<str:token>/", taking.take_over, name="take-over"),
    path("link/<str:token>/", provider.link, name="link"),
    path("provider/cases/<str:reference>/", provider.case_page, name="provider-case"),
    path("provider/cases/<str:reference>/<str:action>/", provider.act, name="provider-act"),
]
