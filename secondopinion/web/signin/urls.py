"""Addresses of signing in; those of allauth are only the ones that this house uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path

from secondopinion.web.access import public, signed_in
from secondopinion.web.signin import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/", views.sign_in, name="account_request_login_code"),
    path("sign-in/", views.sign_in, name="account_signup"),
    path("sign-in/code/", public(account.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/factor/", public(mfa.authenticate), name="mfa_authenticate"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("account/inactive/", public(account.account_inactive), name="account_inactive"),
    path("account/factor/again/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/factor/again/", signed_in(mfa.reauthenticate), name="account_reauthenticate"),
    path("account/factor/", signed_in(mfa.index), name="mfa_index"),
    path("account/factor/set-up/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("account/factor/end/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", signed_in(recovery_codes.view_recovery_codes),
         name="mfa_view_recovery_codes"),
    path("account/codes/new/", signed_in(recovery_codes.generate_recovery_codes),
         name="mfa_generate_recovery_codes"),
    path("account/codes/file/", signed_in(recovery_codes.download_recovery_codes),
         name="mfa_download_recovery_codes"),
    path("home/", views.home, name="home"),
    path("language/", views.set_language, name="language"),
]  # fmt: skip
