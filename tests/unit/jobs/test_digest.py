from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.job import JobKind
from seatsync.jobs.digest import request_digest

json_values = st.none() | st.integers() | st.text() | st.lists(st.text())
arguments = st.dictionaries(st.text(), json_values, max_size=5)


@given(arguments)
def test_the_order_of_arguments_does_not_matter(given_arguments: dict[str, object]) -> None:
    turned = dict(reversed(given_arguments.items()))
    assert request_digest(JobKind.SYNC_PROVIDER, "pax8", given_arguments) == request_digest(
        JobKind.SYNC_PROVIDER, "pax8", turned
    )


@given(arguments, arguments)
def test_other_arguments_are_another_request(
    one: dict[str, object], other: dict[str, object]
) -> None:
    digests = {
        request_digest(JobKind.SYNC_PROVIDER, None, one),
        request_digest(JobKind.SYNC_PROVIDER, None, other),
    }
    assert len(digests) == (1 if one == other else 2)


def test_another_kind_or_provider_is_another_request() -> None:
    digests = {
        request_digest(kind, provider, {})
        for kind in (JobKind.SYNC_PROVIDER, JobKind.VERIFY_CONNECTIVITY)
        for provider in (None, "pax8", "csp")
    }
    assert len(digests) == 6
