"""The currencies of the organisation: their ids by ISO code, and the other way round."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from seatsync.errors import RecordError, SkippedFault
from seatsync_dataverse.rows import read_id

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync_dataverse.rows import Rows

CURRENCIES = "transactioncurrencies"
_COLUMNS = ("isocurrencycode",)
_UNKNOWN = "Add the currency in the CRM: Settings, Business, Currencies."


class Currencies:
    """Reads them when one is first needed, and again for one that is new; for any thread."""

    def __init__(self, rows: Rows) -> None:
        """Ask with `rows`."""
        self._rows = rows
        self._lock = threading.Lock()
        self._codes: dict[UUID, str] = {}

    def code(self, currency_id: UUID) -> str:
        """Return the ISO code of a currency; raises `RecordError` for one that is not there."""
        found = self._known(currency_id)
        if found is None:
            raise RecordError(f"its currency {currency_id} is none of the CRM's")
        return found

    def id_of(self, code: str) -> UUID:
        """Return the id of a currency; raises `SkippedFault` if the CRM lacks it."""
        with self._lock:
            if code not in self._codes.values():
                self._read()
            found = next((one for one, held in self._codes.items() if held == code), None)
        if found is None:
            message = f"the CRM has no currency {code}"
            raise SkippedFault(message, remedy=_UNKNOWN)
        return found

    def _known(self, currency_id: UUID) -> str | None:
        with self._lock:
            if currency_id not in self._codes:
                self._read()
            return self._codes.get(currency_id)

    def _read(self) -> None:
        for row in self._rows.find(CURRENCIES, _COLUMNS):
            currency_id = read_id(row.get("transactioncurrencyid"), CURRENCIES)
            self._codes[currency_id] = str(row.get("isocurrencycode")).strip().upper()
