"""Fees, waivers and invoices."""
