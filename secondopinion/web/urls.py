"""Every address, by audience."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("secondopinion.web.urls_public")),
    path("", include("secondopinion.web.signin.urls")),
    path("", include("secondopinion.web.urls_files")),
    path("my/", include("secondopinion.web.family.urls")),
    path("", include("secondopinion.web.family.provider_urls")),
    path("", include("secondopinion.web.emergency.urls")),
    path("desk/", include("secondopinion.web.desk.urls")),
    path("expert/", include("secondopinion.web.expert.urls")),
    path("translations/", include("secondopinion.web.translators.urls")),
    path("", include("secondopinion.web.oversight.urls")),
    path("", include("secondopinion.web.admin.urls")),
    path("", include("secondopinion.interop.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("secondopinion.demo.urls")))

handler400 = "secondopinion.web.middleware.not_understood"
handler404 = "secondopinion.web.middleware.not_found"
handler500 = "secondopinion.web.middleware.server_error"
