"""Labels: texts in several languages."""

from __future__ import annotations

from typing import Any

ENGLISH = 1033


def label(text: str) -> dict[str, Any]:
    """Return a label in English."""
    localized = {
        "@odata.type": "Microsoft.Dynamics.CRM.LocalizedLabel",
        "Label": text,
        "LanguageCode": ENGLISH,
    }
    return {
        "@odata.type": "Microsoft.Dynamics.CRM.Label",
        "LocalizedLabels": [localized],
        "UserLocalizedLabel": localized,
    }


def text_of(shown: Any, default: str = "") -> str:
    """Return the first text of a label, or the default if it has none."""
    texts = (shown or {}).get("LocalizedLabels") or []
    return str(texts[0].get("Label") or default) if texts else default


def merged(held: Any, given: Any) -> Any:
    """Return the given label, with the held one's texts in the languages that it lacks."""
    if not isinstance(held, dict) or not isinstance(given, dict):
        return given
    texts = list(given.get("LocalizedLabels") or [])
    spoken = {text.get("LanguageCode") for text in texts}
    texts += [
        text for text in held.get("LocalizedLabels", []) if text.get("LanguageCode") not in spoken
    ]
    return {**given, "LocalizedLabels": texts}
