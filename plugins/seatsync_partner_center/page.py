"""Collections of Partner Center: their items undecoded, and the link to the next page."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from seatsync.errors import AnswerUnreadable
from seatsync.sdk.linked_paging import Link, LinkedPage
from seatsync_partner_center.folded import read_folded, top_level

_VERSION = "v1"
_items = msgspec.json.Decoder(list[msgspec.Raw])


class Header(msgspec.Struct):
    """A header that must be sent along with a link."""

    key: str
    value: str


class WireLink(msgspec.Struct):
    """A link, as the answer spells it."""

    uri: str
    headers: list[Header] | None = None


class Links(msgspec.Struct):
    """The links of a collection, as far as they are followed."""

    next: WireLink | None = None


def read_page(body: bytes, origin: str) -> LinkedPage[msgspec.Raw]:
    """Read a page; raises `msgspec.DecodeError` for what is no collection.

    `origin` is where the API is; a link that leads elsewhere raises `AnswerUnreadable`.
    """
    found = top_level(body)
    if "items" not in found:
        message = "it holds no items"
        raise msgspec.ValidationError(message)
    links = read_folded(found["links"], Links) if "links" in found else Links()
    return LinkedPage(_items.decode(found["items"]), _link(links.next, origin))


def _link(link: WireLink | None, origin: str) -> Link | None:
    if link is None:
        return None
    headers = tuple((header.key, header.value) for header in link.headers or ())
    return Link(next_url(link.uri, origin), headers)


def next_url(uri: str, origin: str) -> str:
    """Return the address that a link means.

    Links are relative, with the version in front or without it (Partner-Center-PowerShell, 379);
    some have a second `?` where `&` is meant. One that names another host is refused: the token
    would go there.
    """
    mended = _mended(uri)
    if urlsplit(mended).netloc:
        _require_same_origin(mended, origin)
        return mended
    path = mended.lstrip("/")
    is_versioned = path.partition("/")[0].lower() == _VERSION
    return f"{origin}/{path}" if is_versioned else f"{origin}/{_VERSION}/{path}"


def _mended(uri: str) -> str:
    path, mark, query = uri.partition("?")
    return path + mark + query.replace("?", "&")


def _require_same_origin(url: str, origin: str) -> None:
    there, here = urlsplit(url), urlsplit(origin)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        message = f"a link leads from {here.netloc} to {there.netloc}, and was not followed"
        raise AnswerUnreadable(message, remedy="Check base_url of this provider in config.yaml.")
