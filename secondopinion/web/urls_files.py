"""Addresses of files."""

from django.urls import path

from secondopinion.web import files

urlpatterns = [
    path("files/<str:reference>/records/<uuid:record>/original", files.original, name="original"),
    path("files/<str:reference>/records/<uuid:record>/pages/<int:number>", files.page, name="page"),
    path(
        "files/<str:reference>/records/<uuid:record>/pages/<int:number>/small",
        files.page_small,
        name="page-small",
    ),
    path("files/<str:reference>/reports/<int:number>.pdf", files.signed_report, name="report-pdf"),
    path("files/<str:reference>/key-images/<uuid:key_image>", files.key_image, name="key-image"),
]
