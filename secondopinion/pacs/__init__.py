"""The hospital's PACS and other DICOMweb servers: fetching studies, forwarding them."""
