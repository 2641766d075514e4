"""What a user asks for by a row of the CRM: read once, answered by the agent alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.change_request import RequestKind, RequestState
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.mirror.change_requests import open_requests, update_request, waiting_requests

if TYPE_CHECKING:
    from reader_of_crm import ReaderOfCrm
    from seatsync.domain.change_request import ChangeRequest

REQUEST = CrmNoun.CHANGE_REQUEST


def test_a_new_request_waits_under_the_full_name_of_who_made_it(crm: ReaderOfCrm) -> None:
    somebody, helper = crm.crm.user("Ilva Brandt"), crm.crm.user("Jon Eker")
    contract = new_id()
    made = crm.request("SYNC", somebody, billing_contract_id=contract, subscriptions="a, b")
    crm.crm.edit(REQUEST, made, by=helper)
    assert crm.pull().taken_over == 1
    [request] = _waiting(crm)
    assert (request.id, request.kind, request.requested_by) == (
        made,
        RequestKind.SYNC,
        "Ilva Brandt",
    )
    assert (request.billing_contract_id, request.subscriptions) == (contract, "a, b")
    assert (request.state, request.received_at) == (RequestState.WAITING, crm.office.clock.now())
    assert crm.told() == 0


def test_requests_wait_in_the_order_in_which_they_arrived(crm: ReaderOfCrm) -> None:
    made = []
    for _ in range(3):
        made.append(crm.request("MAP"))
        crm.pull()
        crm.office.clock.move(minutes=1)
    assert [one.id for one in _waiting(crm)] == made


@pytest.mark.parametrize("state", ["SUCCEEDED", "PARTIAL", "FAILED"])
def test_a_request_that_was_answered_is_not_carried_out_again(crm: ReaderOfCrm, state: str) -> None:
    crm.request("SYNC", state=state)
    assert not crm.pull().has_changed
    assert _waiting(crm) == []


def test_a_request_that_was_at_work_when_the_mirror_was_lost_is_taken_up(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC", state="IN_PROGRESS")
    crm.pull()
    assert [one.id for one in _waiting(crm)] == [made]


def test_a_request_that_does_not_say_what_to_do_waits_until_it_does(crm: ReaderOfCrm) -> None:
    made = crm.request(None)
    assert crm.pull().left_alone == 1
    crm.crm.edit(REQUEST, made, kind="SET_DEFAULT")
    crm.pull()
    assert [one.kind for one in _waiting(crm)] == [RequestKind.SET_DEFAULT]


def test_what_is_asked_for_is_read_once(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC", subscriptions="a")
    crm.pull()
    crm.crm.edit(REQUEST, made, kind="MAP", subscriptions="b", state="WAITING")
    crm.pull()
    [request] = _waiting(crm)
    assert (request.kind, request.subscriptions) == (RequestKind.SYNC, "a")
    assert crm.told() == 0


def test_an_answer_that_a_user_changes_is_put_right(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC", state="WAITING")
    crm.pull()
    crm.crm.edit(REQUEST, made, state="SUCCEEDED", result="Mine", created=3)
    assert crm.pull().put_back == 1
    pending = crm.pending(REQUEST, made)
    assert pending is not None
    assert pending.fields == {"state", "result", "created"}


def test_the_crm_is_told_what_became_of_a_request(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC", state="WAITING")
    crm.pull()
    [request] = _waiting(crm)
    taken = replace(request, state=RequestState.IN_PROGRESS, job_id=new_id())
    with crm.mirror.writing():
        update_request(crm.mirror, taken, crm.office.clock.now())
    with crm.mirror.reading():
        assert open_requests(crm.mirror) == [taken]
    assert _waiting(crm) == []
    pending = crm.pending(REQUEST, made)
    assert pending is not None
    assert pending.fields == {"state"}
    ended = replace(
        taken,
        state=RequestState.PARTIAL,
        result="One customer could not be read.",
        created=1,
        updated=2,
        unchanged=3,
        failed=4,
        report_url="https://agent.example/report",
    )
    with crm.mirror.writing():
        update_request(crm.mirror, ended, crm.office.clock.now())
    pending = crm.pending(REQUEST, made)
    assert pending is not None
    assert pending.fields == {
        "state",
        "result",
        "created",
        "updated",
        "unchanged",
        "failed",
        "report_url",
    }


def test_a_request_that_is_deleted_is_forgotten(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC", state="WAITING")
    crm.pull()
    crm.crm.edit(REQUEST, made, result="Mine")
    crm.pull()
    crm.crm.delete(REQUEST, made)
    crm.pull()
    assert (_waiting(crm), crm.told()) == ([], 0)


def test_a_request_that_a_whole_read_does_not_show_is_forgotten(crm: ReaderOfCrm) -> None:
    made = crm.request("SYNC")
    crm.pull()
    crm.crm.delete(REQUEST, made)
    crm.crm.expire_marks()
    crm.pull()
    assert (_waiting(crm), crm.told()) == ([], 0)


def _waiting(crm: ReaderOfCrm) -> list[ChangeRequest]:
    with crm.mirror.reading():
        return waiting_requests(crm.mirror)


def test_a_request_is_never_here_before_what_it_is_about(crm: ReaderOfCrm) -> None:
    crm.pull()
    contracts = []

    def a_user_is_quick() -> None:
        contracts.append(crm.contract(crm.account()))
        crm.request("SET_DEFAULT", billing_contract_id=contracts[0])

    # The contracts have been read by then, for this pull.
    crm.crm.before_reading[CrmNoun.SUBSCRIPTION] = a_user_is_quick
    crm.pull()
    assert _waiting(crm) == []
    crm.pull()
    assert [one.billing_contract_id for one in _waiting(crm)] == contracts
    assert crm.ids(CrmNoun.BILLING_CONTRACT) == set(contracts)
