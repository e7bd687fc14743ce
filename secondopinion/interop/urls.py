"""Addresses of DICOMweb, one service for each case."""

from django.urls import URLPattern, URLResolver, include, path

from secondopinion.interop import qido, views, wado

_frame: list[URLPattern | URLResolver] = [
    path("rendered", wado.rendered, name="dicomweb-frame-rendered"),
    path("thumbnail", wado.thumbnail),
]
_instance: list[URLPattern | URLResolver] = [
    path("", wado.retrieved, name="dicomweb-instance"),
    path("metadata", wado.described, name="dicomweb-instance-metadata"),
    path("frames/<int:number>/", include(_frame)),
    path("frames/<str:numbers>", wado.frames, name="dicomweb-frames"),
    path("bulkdata/<path:path>", wado.bulk, name="dicomweb-bulk"),
    path("rendered", wado.rendered, name="dicomweb-rendered"),
    path("thumbnail", wado.thumbnail),
]
_series: list[URLPattern | URLResolver] = [
    path("", wado.retrieved, name="dicomweb-series"),
    path("metadata", wado.described, name="dicomweb-series-metadata"),
    path("thumbnail", wado.thumbnail, name="dicomweb-thumbnail"),
    path("instances", qido.instances, name="dicomweb-instances"),
    path("instances/<str:instance>/", include(_instance)),
    path("instances/<str:instance>", wado.retrieved),
]
_study: list[URLPattern | URLResolver] = [
    path("", views.study, name="dicomweb-study"),
    path("metadata", wado.described, name="dicomweb-study-metadata"),
    path("thumbnail", wado.thumbnail),
    path("series", qido.series, name="dicomweb-series-list"),
    path("series/<str:series>/", include(_series)),
    path("series/<str:series>", wado.retrieved),
    path("instances", qido.instances),
]

urlpatterns = [
    path("dicomweb/<str:reference>/summary", wado.summary, name="dicomweb-summary"),
    path("dicomweb/<str:reference>/studies", views.studies, name="dicomweb-studies"),
    path("dicomweb/<str:reference>/series", qido.series),
    path("dicomweb/<str:reference>/instances", qido.instances),
    path("dicomweb/<str:reference>/studies/<str:study>/", include(_study)),
    path("dicomweb/<str:reference>/studies/<str:study>", views.study),
]
