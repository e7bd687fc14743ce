"""Addresses of families."""

from django.urls import path

from secondopinion.web.family import case, request

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", case.my, name="my"),
    path("start/", request.start, name="my-start"),
    path(_CASE, case.case_page, name="my-case"),
    path(_CASE + "may/", request.may, name="my-may"),
    path(_CASE + "request/", request.task_list, name="my-request"),
    path(_CASE + "request/check/", request.check, name="my-check"),
    path(_CASE + "request/sent/", request.sent, name="my-sent"),
    path(_CASE + "request/stop/", request.emergency, name="my-emergency"),
    path(_CASE + "request/<str:key>/", request.page, name="my-page"),
    path(_CASE + "autosave/<str:key>/", request.autosave, name="my-autosave"),
    path(_CASE + "files/", request.files_list, name="files-list"),
    path(_CASE + "files/status/", request.files_status, name="files-status"),
    path(_CASE + "files/add/", request.files_add, name="files-add"),
    path(_CASE + "records/<uuid:record>/", request.record_change, name="my-record"),
    path(_CASE + "answer/<uuid:number>/", case.answer, name="my-answer"),
    path(_CASE + "message/", case.message, name="my-message"),
    path(_CASE + "ask/", case.ask, name="my-ask"),
    path(_CASE + "referrals/<int:number>/agree/", case.agree_to_referral, name="my-referral"),
    path(_CASE + "outcome/", case.outcome, name="my-outcome"),
    path(_CASE + "withdraw/", case.withdraw, name="my-withdraw"),
    path(_CASE + "reports/<int:number>/", case.report, name="my-report"),
]
