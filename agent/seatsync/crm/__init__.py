"""The CRM side: what is pulled from it and pushed to it."""
