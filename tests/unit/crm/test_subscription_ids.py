"""Which subscriptions a user names in the text of a change request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.crm.requests import subscription_ids
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = UUID("00000000-0000-4000-8000-000000000001")

SPELLINGS = st.sampled_from([str, lambda one: str(one).upper(), lambda one: f"{{{one}}}"])
SEPARATORS = st.sampled_from([", ", "\n", ";", " ", '","', "\r\n"])


@given(st.lists(st.uuids(), max_size=5), SPELLINGS, SEPARATORS)
def test_ids_are_found_in_any_usual_spelling_each_once(
    ids: list[UUID], spell: Callable[[UUID], str], separator: str
) -> None:
    text = separator.join(spell(one) for one in [*ids, *ids])
    assert subscription_ids(text) == tuple(dict.fromkeys(ids))


@pytest.mark.parametrize("text", [None, "", " ", "[]"])
def test_no_text_names_no_subscription(text: str | None) -> None:
    assert subscription_ids(text) == ()


@pytest.mark.parametrize("text", [str(ONE)[:-1], f"{ONE}, and this", f"{ONE}7", "7"])
def test_what_is_no_id_is_refused_rather_than_left_out(text: str) -> None:
    with pytest.raises(Refusal, match="must be ids") as caught:
        subscription_ids(text)
    assert caught.value.code == "INVALID_INPUT"
