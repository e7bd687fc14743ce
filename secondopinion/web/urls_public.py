"""Addresses open to everybody."""

from django.urls import path

from secondopinion.web import fees, outcome, public

urlpatterns = [
    path("", public.page("home"), name="start"),
    path("how-it-works/", public.page("how"), name="how"),
    path("your-report/", public.page("report"), name="report-words"),
    path("your-local-provider/", public.page("provider"), name="provider-words"),
    path("your-data/", public.page("privacy"), name="privacy-words"),
    path("can-we-help/", public.can_help, name="can-help"),
    path("disclaimer/", public.disclaimer, name="disclaimer"),
    path("verify/", public.verify, name="verify"),
    path("verify/digest/", public.verify_digest, name="verify-digest"),
    path("verify/<str:code>/", public.verify, name="verify-code"),
    path("payments/<slug:provider>/", fees.provider_call, name="provider-call"),
    path("how-it-went/<str:token>/", outcome.how_it_went, name="how-it-went"),
    path("health/", public.health, name="health"),
]
