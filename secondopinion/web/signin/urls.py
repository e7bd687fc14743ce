"""Addresses of signing in; those of allauth are only the ones that this house uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path

from secondopinion.web.access import own_account, public
from secondopinion.web.signin import address, one, passkeys, reach, single, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/", views.sign_in, name="account_request_login_code"),
    path("sign-in/", views.sign_in, name="account_signup"),
    path("sign-in/code/", views.confirm_code, name="account_confirm_login_code"),
    path("sign-in/passkey/", passkeys.sign_in_with_passkey, name="mfa_login_webauthn"),
    path("sign-in/with/<str:provider_id>/", single.begin, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", single.back, name="openid_connect_callback"),
    path("sign-in/factor/", public(mfa.authenticate), name="mfa_authenticate"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("account/inactive/", public(account.account_inactive), name="account_inactive"),
    path("account/sessions/end/", passkeys.end_other_sessions, name="end-other-sessions"),
    path("account/factor/again/", passkeys.again, name="mfa_reauthenticate"),
    path("account/factor/again/", passkeys.again, name="mfa_reauthenticate_webauthn"),
    path("account/factor/again/", passkeys.again, name="account_reauthenticate"),
    path("account/messages/", reach.reach, name="reach"),
    path("account/address/", address.address, name="own-address"),
    path("account/one/", one.one_account, name="one-account"),
    path("account/factor/", passkeys.index, name="mfa_index"),
    path("account/factor/set-up/", own_account(passkeys.SetUpApp.as_view()),
         name="mfa_activate_totp"),
    path("account/factor/end/", own_account(passkeys.RemoveApp.as_view()),
         name="mfa_deactivate_totp"),
    path("account/passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("account/passkeys/<int:number>/", passkeys.rename, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:number>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("account/codes/", own_account(recovery_codes.view_recovery_codes),
         name="mfa_view_recovery_codes"),
    path("account/codes/new/", own_account(passkeys.NewCodes.as_view()),
         name="mfa_generate_recovery_codes"),
    path("account/codes/file/", own_account(recovery_codes.download_recovery_codes),
         name="mfa_download_recovery_codes"),
    path("home/", views.home, name="home"),
    path("language/", views.set_language, name="language"),
]  # fmt: skip
