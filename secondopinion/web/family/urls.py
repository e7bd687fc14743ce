"""Addresses of families."""

from django.urls import path

from secondopinion.web import capture, fees
from secondopinion.web.family import (
    case,
    doctor,
    guardians,
    questions,
    records,
    referring,
    request,
    retaking,
    translating,
)

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", case.my, name="my"),
    path("start/", request.start, name="my-start"),
    path(_CASE, case.case_page, name="my-case"),
    path(_CASE + "what-you-sent/", request.what, name="my-what"),
    path(_CASE + "what-you-sent/machine/", translating.machine, name="my-machine"),
    path(_CASE + "may/", request.may, name="my-may"),
    path(_CASE + "request/", request.task_list, name="my-request"),
    path(_CASE + "request/check/", request.check, name="my-check"),
    path(_CASE + "request/sent/", request.sent, name="my-sent"),
    path(_CASE + "request/stop/", request.emergency, name="my-emergency"),
    path(_CASE + "request/<str:key>/", request.page, name="my-page"),
    path(_CASE + "autosave/<str:key>/", request.autosave, name="my-autosave"),
    path(_CASE + "files/", request.files_list, name="files-list"),
    path(_CASE + "files/status/", request.files_status, name="files-status"),
    path(_CASE + "files/known/", request.files_known, name="files-known"),
    path(_CASE + "files/phone/", capture.phone, name="files-phone"),
    path(_CASE + "files/phone/end/", capture.phone_end, name="files-phone-end"),
    path(_CASE + "files/phone/here/", capture.phone_here, name="files-phone-here"),
    path(_CASE + "files/phone/state/", capture.phone_state, name="files-phone-state"),
    path(_CASE + "files/add/", request.files_add, name="files-add"),
    path(_CASE + "files/<uuid:record>/unlock/", records.unlock, name="files-unlock"),
    path(_CASE + "records/<uuid:record>/", records.change, name="my-record"),
    path(_CASE + "findings/<uuid:finding>/whose/", records.whose, name="my-whose"),
    path(
        _CASE + "records/<uuid:record>/pages/<int:number>/again/", retaking.again, name="my-again"
    ),
    path(_CASE + "images/", request.images_change, name="my-images"),
    path(_CASE + "answer/<uuid:number>/", case.answer, name="my-answer"),
    path(_CASE + "message/", case.message, name="my-message"),
    path(_CASE + "ask/", questions.ask, name="my-ask"),
    path(_CASE + "referrals/<int:number>/", referring.referral, name="my-referral"),
    path(_CASE + "provider/", doctor.change, name="my-provider"),
    path(_CASE + "family/", guardians.guardians, name="my-guardians"),
    path(_CASE + "family/out/", guardians.keep_out, name="my-guardians-out"),
    path(_CASE + "fee/", fees.fee, name="my-fee"),
    path(_CASE + "family/leave/", guardians.leave, name="my-leave"),
    path(_CASE + "family/document/", guardians.document, name="my-document"),
    path(_CASE + "family/parent/", guardians.parent, name="my-parent"),
    path(_CASE + "family/child/", guardians.assent, name="my-assent"),
    path(_CASE + "family/of-age/", guardians.of_age, name="my-of-age"),
    path(_CASE + "outcome/", case.outcome, name="my-outcome"),
    path(_CASE + "withdraw/", case.withdraw, name="my-withdraw"),
    path(_CASE + "reports/<int:number>/", case.report, name="my-report"),
]
