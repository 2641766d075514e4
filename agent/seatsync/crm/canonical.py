"""The one spelling of a value that the CRM and the mirror may spell differently."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.customer import canonical_domain
from seatsync.domain.money import SCALE
from seatsync.domain.ownership import FIELDS, FieldKind
from seatsync.domain.text import LONGEST, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync.domain.crm import CrmValue

_BEYOND = Decimal(10) ** 14
"""Amounts from here on do not fit the mirror's columns."""

_CURRENCY = re.compile("[A-Z]{3}")

_NEVER_EMPTY: Mapping[CrmNoun, frozenset[str]] = MappingProxyType(
    {
        CrmNoun.ACCOUNT: frozenset({"name"}),
        CrmNoun.BILLING_CONTRACT: frozenset(
            {"name", "billing_policy", "billing_frequency", "currency", "status"}
        ),
    }
)
"""What a user cannot empty: nothing in the CRM leaves what is here as it is."""

_FLAGS: Mapping[CrmNoun, tuple[str, ...]] = MappingProxyType(
    {CrmNoun.BILLING_CONTRACT: ("is_default",)}
)
"""What is not said is not so."""


def canonical(noun: CrmNoun, values: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
    """Return values in their one spelling, so that equal ones are equal.

    Text is stripped, storable, and None when empty; amounts have six decimal places at most and
    instants no parts of a second, in UTC; a currency that is none is None.
    """
    spelled = dict(values)
    for name, spell in _spellings(noun):
        if spelled.get(name) is not None:
            spelled[name] = spell(spelled[name])
    for flag in _FLAGS.get(noun, ()):
        if flag in spelled:
            spelled[flag] = bool(spelled[flag])
    return spelled


def told(noun: CrmNoun, values: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
    """Return the canonical values of a record of the CRM, without those that say nothing."""
    never_empty = _NEVER_EMPTY.get(noun, frozenset())
    return {
        name: value
        for name, value in canonical(noun, values).items()
        if value is not None or name not in never_empty
    }


@cache
def _spellings(noun: CrmNoun) -> tuple[tuple[str, Callable[[CrmValue], CrmValue]], ...]:
    by_kind = {field.name: _BY_KIND[field.kind] for field in FIELDS[noun] if field.kind in _BY_KIND}
    return tuple({**by_kind, **_BY_NAME.get(noun, {})}.items())


def _text(value: CrmValue) -> CrmValue:
    return _stripped(value)[:LONGEST].rstrip() or None if isinstance(value, str) else value


def _long_text(value: CrmValue) -> CrmValue:
    return _stripped(value) or None if isinstance(value, str) else value


def _stripped(value: str) -> str:
    return (value if value.isascii() and "\x00" not in value else storable(value)).strip()


def _number(value: CrmValue) -> CrmValue:
    if not isinstance(value, Decimal):
        return value
    if not value.is_finite() or abs(value) >= _BEYOND:
        return None
    return value.quantize(SCALE) + 0


def _instant(value: CrmValue) -> CrmValue:
    if not isinstance(value, datetime):
        return value
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.replace(microsecond=0) if utc.microsecond else utc


def _currency(value: CrmValue) -> CrmValue:
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if _CURRENCY.fullmatch(code) else None


def _domain(value: CrmValue) -> CrmValue:
    """Return the host alone: where a CRM keeps a web site, people enter its address."""
    text = _text(value)
    if not isinstance(text, str):
        return text
    _, _, behind = text.rpartition("://")
    return canonical_domain(behind.partition("/")[0])


_BY_KIND: Mapping[FieldKind, Callable[[CrmValue], CrmValue]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.DECIMAL: _number,
    FieldKind.MONEY: _number,
    FieldKind.CURRENCY: _currency,
    FieldKind.INSTANT: _instant,
}

_BY_NAME: Mapping[CrmNoun, Mapping[str, Callable[[CrmValue], CrmValue]]] = {
    CrmNoun.ACCOUNT: {"domain": _domain},
    CrmNoun.BILLING_CONTRACT: {"currency": _currency},
}
