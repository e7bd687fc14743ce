"""Addresses of the program, its staff, and the hospital's colours and logo."""

from django.urls import path

from secondopinion.web.admin import brand, importing, people, program, reports

urlpatterns = [
    path("brand.css", brand.style, name="brand-style"),
    path("brand/logo", brand.logo, name="brand-logo"),
    path("program/", program.overview, name="program"),
    path("program/logo/", program.logo, name="program-logo"),
    path("program/changes/", program.changes, name="program-changes"),
    path("program/glossary/file/", program.glossary_add, name="program-glossary-add"),
    path("program/glossary/file/<slug:form>/", program.glossary_file, name="program-glossary"),
    path("program/reports/new/", reports.template, name="program-new-report"),
    path("program/reports/<int:number>/", reports.template, name="program-report"),
    path("program/<slug:section>/", program.section, name="program-section"),
    path("program/<slug:section>/new/", program.row, name="program-new-row"),
    path("program/<slug:section>/<int:number>/", program.row, name="program-row"),
    path("staff/", people.overview, name="staff"),
    path("staff/new/", people.add, name="staff-new"),
    path("staff/import/", importing.bring, name="staff-import"),
    path("staff/<uuid:person>/", people.one, name="staff-person"),
]
