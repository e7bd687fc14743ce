"""Addresses of specialists."""

from django.urls import path

from secondopinion.web.expert import (
    calls,
    codes,
    giving_back,
    images,
    inviting,
    profile,
    reading,
    together,
    versions,
    views,
)

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", views.home, name="expert"),
    path("profile/", profile.own_profile, name="expert-profile"),
    path("offers/<str:reference>/", views.offer, name="offer"),
    path("invitations/<str:reference>/", inviting.invitation, name="invitation"),
    path("second/<str:reference>/", reading.reading, name="second-reading"),
    path(_CASE + "together/", together.together, name="together"),
    path(_CASE + "together/reader/", together.send, name="second-send"),
    path(_CASE + "together/sections/", together.assign, name="panel-assign"),
    path(_CASE + "together/notes/", together.note, name="expert-note"),
    path(_CASE, views.review, name="review"),
    path(_CASE + "save/", views.save, name="report-save"),
    path(_CASE + "template/", versions.template, name="report-template"),
    path(_CASE + "codes/<str:field>/", codes.find, name="codes"),
    path(_CASE + "key-images/", images.key_images, name="key-images"),
    path(_CASE + "key-images/<uuid:key_image>/caption/", images.caption_key_image,
         name="key-image-caption"),
    path(_CASE + "key-images/<uuid:key_image>/remove/", images.remove_key_image,
         name="key-image-remove"),
    path(_CASE + "key-images/<uuid:key_image>/restore/", images.restore_key_image,
         name="key-image-restore"),
    path(_CASE + "measurements/", images.measured, name="measurements"),
    path(_CASE + "measurements/<uuid:key>/remove/", images.remove_measured,
         name="measurement-remove"),
    path(_CASE + "preview.pdf", views.preview, name="report-preview"),
    path(_CASE + "versions/", versions.versions, name="report-versions"),
    path(_CASE + "versions/<int:revision>/back/", versions.go_back, name="report-go-back"),
    path(_CASE + "amend/", versions.amend, name="amend"),
    path(_CASE + "amend/give-up/", versions.give_up, name="amend-give-up"),
    path(_CASE + "doubts/", views.doubts, name="report-doubts"),
    path(_CASE + "sign/", views.sign, name="sign"),
    path(_CASE + "sign/doubts/", views.keep, name="keep-doubts"),
    path(_CASE + "hand-back/", giving_back.hand_back, name="hand-back"),
    path(_CASE + "ask/", views.ask_more, name="ask-more"),
    path(_CASE + "messages/", views.message, name="expert-message"),
    path(_CASE + "calls/", calls.calls, name="calls"),
    path(_CASE + "calls/<int:number>/summary/", calls.summary, name="call-summary"),
    path(_CASE + "questions/<int:number>/", views.answer, name="answer-question"),
]  # fmt: skip
