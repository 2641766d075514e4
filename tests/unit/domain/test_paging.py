from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.paging import (
    DEFAULT_SIZE,
    LARGEST_SIZE,
    Window,
    decode_cursor,
    encode_cursor,
)
from seatsync.errors import BadInput

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.lists(TEXTS, max_size=4))
def test_a_cursor_gives_back_the_place_it_was_made_of(key: list[str]) -> None:
    cursor = encode_cursor("name", tuple(key))
    assert decode_cursor("name", cursor, len(key)) == tuple(key)


@given(TEXTS)
def test_a_cursor_is_fit_for_an_address(text: str) -> None:
    assert set(encode_cursor("name", (text,))) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@given(st.text())
def test_garbage_is_never_anything_but_bad_input(garbage: str) -> None:
    with pytest.raises(BadInput):
        decode_cursor("name", garbage, 2)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_well_packed_garbage_is_bad_input_too(garbage: object) -> None:
    cursor = urlsafe_b64encode(json.dumps(garbage).encode()).decode()
    with pytest.raises(BadInput):
        decode_cursor("name", cursor, 2)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadInput):
        decode_cursor("name", encode_cursor("newest", ("a", "b")), 2)


@pytest.mark.parametrize("part", ["\x00", "\ud800"])
def test_a_cursor_with_text_that_no_database_takes_is_refused(part: str) -> None:
    packed = urlsafe_b64encode(json.dumps([1, "name", part]).encode()).decode()
    with pytest.raises(BadInput):
        decode_cursor("name", packed, 1)


@given(st.integers(1, LARGEST_SIZE))
def test_first_reads_forward_and_last_backward(size: int) -> None:
    assert Window.of(first=size) == Window(size)
    assert Window.of(last=size) == Window(size, backward=True)


@given(st.integers().filter(lambda size: not 1 <= size <= LARGEST_SIZE))
def test_sizes_outside_1_to_500_are_bad_input(size: int) -> None:
    with pytest.raises(BadInput):
        Window.of(first=size)
    with pytest.raises(BadInput):
        Window.of(last=size)


def test_first_and_last_together_are_bad_input() -> None:
    with pytest.raises(BadInput):
        Window.of(first=1, last=1)


def test_without_a_size_a_page_has_50() -> None:
    assert Window.of() == Window(DEFAULT_SIZE)


def test_before_alone_reads_the_page_just_before() -> None:
    assert Window.of(before="x") == Window(DEFAULT_SIZE, backward=True, before="x")
