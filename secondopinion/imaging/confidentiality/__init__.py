"""Copies without names: Basic Application Level Confidentiality Profile (DICOM PS3.15, annex E).

Everything here runs inside the sandbox or works on plain values; nothing knows Django.
"""
