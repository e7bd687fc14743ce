"""Addresses of the demonstration."""

from django.urls import path

from secondopinion.demo import views

urlpatterns = [
    path("", views.people, name="demo"),
    path("as/<str:email>/", views.sign_in_as, name="demo-as"),
    path("mail/", views.mail, name="demo-mail"),
]
