"""Addresses of DICOMweb, one service for each case."""

from django.urls import URLPattern, URLResolver, include, path

from secondopinion.interop import dicomweb as web

_instance: list[URLPattern | URLResolver] = [
    path("", web.retrieve, name="dicomweb-instance"),
    path("metadata", web.metadata, name="dicomweb-instance-metadata"),
    path("frames/<str:numbers>", web.frames, name="dicomweb-frames"),
    path("frames/<int:number>/rendered", web.rendered, name="dicomweb-frame-rendered"),
    path("rendered", web.rendered, name="dicomweb-rendered"),
]
_series: list[URLPattern | URLResolver] = [
    path("", web.retrieve, name="dicomweb-series"),
    path("metadata", web.metadata, name="dicomweb-series-metadata"),
    path("thumbnail", web.thumbnail, name="dicomweb-thumbnail"),
    path("instances", web.instances, name="dicomweb-instances"),
    path("instances/<str:instance>/", include(_instance)),
    path("instances/<str:instance>", web.retrieve),
]
_study: list[URLPattern | URLResolver] = [
    path("", web.retrieve, name="dicomweb-study"),
    path("metadata", web.metadata, name="dicomweb-study-metadata"),
    path("series", web.series, name="dicomweb-series-list"),
    path("series/<str:series>/", include(_series)),
    path("series/<str:series>", web.retrieve),
]

urlpatterns = [
    path("dicomweb/<str:reference>/summary", web.summary, name="dicomweb-summary"),
    path("dicomweb/<str:reference>/studies", web.studies, name="dicomweb-studies"),
    path("dicomweb/<str:reference>/studies/<str:study>/", include(_study)),
    path("dicomweb/<str:reference>/studies/<str:study>", web.retrieve),
]
