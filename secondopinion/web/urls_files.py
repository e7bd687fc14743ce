"""Addresses of files, and of the keys with which sites send them."""

from django.urls import path

from secondopinion.web import calling, capture, fees, files, laboratory, searching, site_keys

urlpatterns = [
    path("scan/photos/", capture.photos, name="scan-photos"),
    path("scan/look/", capture.look, name="scan-look"),
    path("scan/done/", capture.done, name="scan-done"),
    path("scan/<str:token>/", capture.start, name="scan-start"),
    path("files/<str:reference>/records/<uuid:record>/original", files.original, name="original"),
    path("files/<str:reference>/records/<uuid:record>/video", files.video, name="video"),
    path("files/<str:reference>/records/<uuid:record>/pages/<int:number>", files.page, name="page"),
    path(
        "files/<str:reference>/records/<uuid:record>/pages/<int:number>/small",
        files.page_small,
        name="page-small",
    ),
    path("files/<str:reference>/records/<uuid:record>/pages/<int:number>/look/", searching.look,
         name="page-look"),
    path("files/<str:reference>/calls/<int:number>/", calling.act, name="call-act"),
    path("files/<str:reference>/calls/<int:number>/call.ics", calling.calendar,
         name="call-calendar"),
    path("files/<str:reference>/search/", searching.search, name="search"),
    path("files/<str:reference>/search/<str:code>/", searching.found, name="search-found"),
    path("files/<str:reference>/laboratory/", laboratory.laboratory, name="laboratory"),
    path("files/<str:reference>/laboratory/read/", laboratory.judge, name="lab-value-judge"),
    path("files/<str:reference>/laboratory/<uuid:value>/remove/", laboratory.remove,
         name="lab-value-remove"),
    path("files/<str:reference>/reports/<int:number>.pdf", files.signed_report, name="report-pdf"),
    path("files/<str:reference>/reports/<int:number>.zip", files.packed_report, name="report-zip"),
    path("files/<str:reference>/reports/<int:number>/images/<int:image>.jpg", files.report_image,
         name="report-image"),
    path("files/<str:reference>/key-images/<uuid:key_image>", files.key_image, name="key-image"),
    path("files/<str:reference>/measurements.zip", files.measurements, name="measurements-zip"),
    path("files/<str:reference>/fee/former/<uuid:former>.pdf", fees.paper,
         {"kind": "invoice"}, name="fee-former"),
    path("files/<str:reference>/fee/<slug:kind>.pdf", fees.paper, name="fee-paper"),
    path("files/<str:reference>/fee/<slug:kind>/<uuid:credit>.pdf", fees.paper, name="fee-credit"),
    path("files/<str:reference>/site-keys/", site_keys.site_keys, name="site-keys"),
    path("files/<str:reference>/site-keys/<uuid:key>/end/", site_keys.revoke,
         name="site-key-revoke"),
]  # fmt: skip
