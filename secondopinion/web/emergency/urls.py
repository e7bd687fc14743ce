"""Addresses of emergency access."""

from django.urls import path

from secondopinion.web.emergency import views

urlpatterns = [
    path("emergency-access/", views.ask, name="emergency-access"),
    path("emergency-access/<str:reference>/", views.case_page, name="emergency-case"),
    path("emergency-access/<str:reference>/end/", views.end, name="emergency-end"),
    path("privacy/emergencies/", views.overview, name="emergencies"),
    path("privacy/emergencies/approve/", views.approve, name="emergency-approve"),
    path("privacy/emergencies/<uuid:access>/", views.judge, name="emergency-judge"),
]
