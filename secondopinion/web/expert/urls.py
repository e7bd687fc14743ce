"""Addresses of specialists."""

from django.urls import path

from secondopinion.web.expert import views

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", views.home, name="expert"),
    path("offers/<str:reference>/", views.offer, name="offer"),
    path(_CASE, views.review, name="review"),
    path(_CASE + "save/", views.save, name="report-save"),
    path(_CASE + "key-images/", views.add_key_image, name="key-image-add"),
    path(_CASE + "key-images/<uuid:key_image>/remove/", views.remove_key_image,
         name="key-image-remove"),
    path(_CASE + "preview.pdf", views.preview, name="report-preview"),
    path(_CASE + "sign/", views.sign, name="sign"),
    path(_CASE + "ask/", views.ask_more, name="ask-more"),
    path(_CASE + "message/", views.message, name="expert-message"),
    path(_CASE + "questions/<int:number>/", views.answer, name="answer-question"),
]  # fmt: skip
