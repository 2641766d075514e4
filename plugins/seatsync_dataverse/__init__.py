"""Dataverse: the organisation's CRM, read by change tracking and written back."""
