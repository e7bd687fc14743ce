"""DICOMweb, import and export for other programs."""
