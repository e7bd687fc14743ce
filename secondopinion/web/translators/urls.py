"""Addresses of translators and reviewers."""

from django.urls import path

from secondopinion.web.translators import views

_ONE = "<str:reference>/<uuid:translation>/"

urlpatterns = [
    path("", views.queue, name="translations"),
    path(_ONE, views.translation, name="translation"),
    path(_ONE + "save/", views.save, name="translation-save"),
    path(_ONE + "do/<str:action>/", views.act, name="translation-act"),
    path(_ONE + "take-back/", views.take_back, name="translation-take-back"),
    path(_ONE + "pages/<int:number>", views.page, name="translation-page"),
]
