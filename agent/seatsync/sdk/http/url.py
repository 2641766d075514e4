"""Addresses of services, as settings hold them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _service_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname:
        message = "must be a URL such as https://api.example.com"
        raise ValueError(message)
    if url.query or url.fragment or url.username:
        message = "must be a URL without query, fragment or credentials"
        raise ValueError(message)
    return text.rstrip("/")


ServiceUrl = Annotated[str, AfterValidator(_service_url)]
"""An http or https URL without a trailing slash."""
