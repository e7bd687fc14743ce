"""Addresses of the intake desk."""

from django.urls import path

from secondopinion.web.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("referrals/", views.referral_list, name="referrals"),
    path("cases/<str:reference>/", views.case_page, name="desk-case"),
    path("cases/<str:reference>/do/<str:action>/", views.act, name="desk-act"),
    path("cases/<str:reference>/referrals/<int:number>/", views.referral, name="referral"),
]
