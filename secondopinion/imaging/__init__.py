"""DICOM studies, series and instances: arrival, index, checks, pixels."""
