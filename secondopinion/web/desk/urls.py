"""Addresses of the intake desk."""

from django.urls import path

from secondopinion.web.desk import (
    arranging,
    asking,
    assigning,
    case,
    copies,
    duplicates,
    fee,
    guardians,
    referrals,
    team,
    translated,
    verbs,
    worklist,
)

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", worklist.desk, name="desk"),
    path("changes/", worklist.changes, name="desk-changes"),
    path("many/", worklist.many, name="desk-many"),
    path("undo/<uuid:step>/", worklist.undo, name="desk-undo"),
    path("views/", worklist.keep_view, name="desk-keep-view"),
    path("views/<uuid:view>/remove/", worklist.remove_view, name="desk-remove-view"),
    path("duplicates/", duplicates.overview, name="desk-duplicates"),
    path("duplicates/<uuid:pair>/", duplicates.pair, name="desk-duplicate"),
    path("team/", team.team, name="desk-team"),
    path("team/shifts/", team.set_shift, name="desk-shift"),
    path("team/shifts/<uuid:shift>/end/", team.end_shift, name="desk-end-shift"),
    path("assign/", assigning.assign, name="assign"),
    path("referrals/", referrals.referral_list, name="referrals"),
    path(_CASE, case.now, name="desk-case"),
    path(_CASE + "request/", case.request_page, name="desk-case-request"),
    path(_CASE + "people/", case.people, name="desk-case-people"),
    path(_CASE + "records/", case.records_page, name="desk-case-records"),
    path(_CASE + "records/pages/", arranging.pages, name="desk-pages"),
    path(_CASE + "records/pages/do/", arranging.act, name="desk-arrange"),
    path(_CASE + "images/", case.images, name="desk-images"),
    path(_CASE + "records/servers/", case.servers_page, name="desk-case-servers"),
    path(_CASE + "specialist/", case.specialist, name="desk-case-specialist"),
    path(_CASE + "messages/", case.messages_page, name="desk-case-messages"),
    path(_CASE + "translations/", case.translations_page, name="desk-case-translations"),
    path(_CASE + "after/", case.after, name="desk-case-after"),
    path(
        _CASE + "translations/<uuid:translation>/sign/",
        translated.sign,
        name="desk-sign-translation",
    ),
    path(_CASE + "history/", case.history_page, name="desk-case-history"),
    path(_CASE + "copies/", case.copies_page, name="desk-copies"),
    path(_CASE + "copies/ask/", copies.ask, name="desk-copy-ask"),
    path(_CASE + "copies/<uuid:copy>.zip", copies.fetch, name="desk-copy"),
    path(_CASE + "copies/<uuid:copy>/end/", copies.end, name="desk-copy-end"),
    path(_CASE + "fee/", case.fee_page, name="desk-case-fee"),
    path(_CASE + "fee/do/<str:action>/", fee.act, name="desk-fee-act"),
    path(_CASE + "guardians/", case.guardians_page, name="desk-case-guardians"),
    path(_CASE + "guardians/do/<str:action>/", guardians.act, name="desk-guardians-act"),
    path(
        _CASE + "guardians/documents/<uuid:document>/",
        guardians.document,
        name="desk-guardian-document",
    ),
    path(_CASE + "close/", case.close, name="desk-close"),
    path(_CASE + "ask/", asking.choose_words, name="desk-ask-words"),
    path(_CASE + "do/<str:action>/", verbs.act, name="desk-act"),
    path(_CASE + "referrals/<int:number>/", referrals.referral, name="referral"),
    path(_CASE + "referrals/<int:number>/package.zip", referrals.package, name="referral-package"),
    path(
        _CASE + "referrals/<int:number>/letters/", referrals.letter_begin, name="referral-letters"
    ),
    path(
        _CASE + "referrals/<int:number>/letters/<uuid:letter>/",
        referrals.letter,
        name="referral-letter",
    ),
]
