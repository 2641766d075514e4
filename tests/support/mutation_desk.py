"""The API over a back office, with a shortcut for mutations."""

from __future__ import annotations

from typing import Any

from front_desk import FrontDesk

_INPUTS = {
    "cancelJob": "JobInput",
    "retryJob": "JobInput",
    "updateApplicationSettings": "ApplicationSettingsInput",
}
"""Inputs that are not called as their mutation is."""


class MutationDesk(FrontDesk):
    """Sends mutations to the endpoint, as a CRM front end does."""

    def change(self, mutation: str, fields: str, **input_: Any) -> dict[str, Any]:
        """Return the payload of one mutation; `userErrors` are always asked for."""
        argument = _INPUTS.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")
        document = (
            f"mutation($input: {argument}!) {{ {mutation}(input: $input)"
            f" {{ {fields} userErrors {{ code message path }} }} }}"
        )
        payload: dict[str, Any] = self.ask(document, input=input_)[mutation]
        return payload
