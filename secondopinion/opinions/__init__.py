"""The report: draft, versions, signature, document, verification, addenda."""
