from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.account import Account
from seatsync.domain.ids import new_id
from seatsync.domain.matching import SAME_DOMAIN, AccountIndex


def account(name: str, domain: str | None = None) -> Account:
    return Account(new_id(), name, domain)


def test_the_same_domain_comes_first() -> None:
    namesake, owner = account("Lumen Foundry"), account("LF Holding", "lumen.example")
    best, second = AccountIndex([namesake, owner]).suggest("Lumen Foundry", "LUMEN.example", 3)
    assert (best.account, best.score) == (owner, SAME_DOMAIN)
    assert second.account == namesake


def test_a_legal_form_does_not_tell_companies_apart() -> None:
    [match] = AccountIndex([account("Quarry Lane Ltd")]).suggest("Quarry Lane GmbH", None, 3)
    assert match.reason == "Its name is the same: Quarry Lane Ltd."


def test_strangers_are_not_suggested() -> None:
    assert AccountIndex([account("Quarry Lane")]).suggest("Harbour Light", None, 3) == []


@given(
    st.lists(st.text(max_size=12), max_size=8),
    st.text(max_size=12),
    st.none() | st.text(max_size=8),
    st.integers(1, 4),
)
def test_scores_are_from_0_to_1_and_fall(
    names: list[str], name: str, domain: str | None, limit: int
) -> None:
    matches = AccountIndex([account(one) for one in names]).suggest(name, domain, limit)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= limit
    assert all(0 <= score <= 1 for score in scores)
