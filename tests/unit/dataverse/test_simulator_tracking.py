"""The simulated Dataverse tracks changes as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

TRACK = "odata.track-changes"
SELECT = f"{THINGS}?$select=demo_name,demo_quantity,_modifiedby_value"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def first_link(crm: SimulatedCrm) -> str:
    link: str = crm.pages(SELECT, TRACK)[-1]["@odata.deltaLink"]
    return link


def changes(crm: SimulatedCrm, link: str, *prefer: str) -> list[dict[str, Any]]:
    return [row for page in crm.pages(link, *prefer) for row in page["value"]]


def test_the_first_read_gives_all_rows_and_a_link_on_the_last_page_only(
    crm: SimulatedCrm,
) -> None:
    for number in range(5):
        crm.add_thing(number)
    pages = crm.pages(SELECT, TRACK, "odata.maxpagesize=2")
    assert [len(page["value"]) for page in pages] == [2, 2, 1]
    assert ["@odata.deltaLink" in page for page in pages] == [False, False, True]


def test_the_link_gives_what_was_created_and_updated_since_in_the_selected_columns(
    crm: SimulatedCrm,
) -> None:
    old, _ = crm.add_thing(1), crm.add_thing(2)
    link = first_link(crm)
    new = crm.add_thing(3, demo_quantity=3)
    crm.simulator.edit(THING, old, {"demo_ison": True})
    rows = changes(crm, link)
    assert {row["demo_thingid"] for row in rows} == {old, new}
    shown = {"@odata.etag", "demo_thingid", "demo_name", "demo_quantity", "_modifiedby_value"}
    assert all(set(row) == shown for row in rows)


def test_a_new_link_comes_also_where_nothing_changed(crm: SimulatedCrm) -> None:
    crm.add_thing()
    link = first_link(crm)
    page = crm.get(link).json()
    assert page["value"] == []
    assert "$deltatoken=" in page["@odata.deltaLink"]
    assert page["@odata.context"].endswith("/$delta")


def test_rows_that_are_gone_come_last_with_nothing_but_their_identifier(crm: SimulatedCrm) -> None:
    gone, kept = crm.add_thing(1), crm.add_thing(2)
    link = first_link(crm)
    crm.simulator.delete(THING, gone)
    crm.simulator.edit(THING, kept, {"demo_quantity": 2})
    first, last = changes(crm, link)
    assert first["demo_thingid"] == kept
    context = f"{crm.origin}/api/data/v9.2/$metadata#{THINGS}/$deletedEntity"
    assert last == {"@odata.context": context, "id": gone, "reason": "deleted"}


def test_a_row_created_and_deleted_between_two_polls_is_a_delete_of_a_stranger(
    crm: SimulatedCrm,
) -> None:
    link = first_link(crm)
    stranger = crm.add_thing()
    crm.simulator.delete(THING, stranger)
    [row] = changes(crm, link)
    assert row["id"] == stranger


def test_a_row_deleted_and_made_again_is_an_update(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    link = first_link(crm)
    crm.simulator.delete(THING, thing)
    crm.simulator.add(THING, {"demo_name": "Again"}, row_id=thing)
    [row] = changes(crm, link)
    assert (row["demo_thingid"], row["demo_name"]) == (thing, "Again")


def test_a_deactivation_is_an_update(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    link = first_link(crm)
    crm.simulator.edit(THING, thing, {"statecode": 1})
    assert [row["demo_thingid"] for row in changes(crm, link)] == [thing]


def test_a_row_that_changes_twice_comes_once(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    link = first_link(crm)
    for quantity in (1, 2):
        crm.simulator.edit(THING, thing, {"demo_quantity": quantity})
    assert [row["demo_quantity"] for row in changes(crm, link)] == [2]


def test_a_link_can_be_followed_again(crm: SimulatedCrm) -> None:
    link = first_link(crm)
    crm.add_thing()
    assert changes(crm, link) == changes(crm, link)


def test_changes_come_in_pages_too(crm: SimulatedCrm) -> None:
    things = [crm.add_thing(number) for number in range(6)]
    link = first_link(crm)
    for thing in things[:3]:
        crm.simulator.edit(THING, thing, {"demo_quantity": 1})
    for thing in things[3:]:
        crm.simulator.delete(THING, thing)
    pages = crm.pages(link, "odata.maxpagesize=2")
    assert [len(page["value"]) for page in pages] == [2, 2, 2]
    assert ["@odata.deltaLink" in page for page in pages] == [False, False, True]
    rows = [row for page in pages for row in page["value"]]
    assert [row.get("demo_thingid", row.get("id")) for row in rows] == things


def test_pages_of_changes_may_ignore_the_size(crm: SimulatedCrm) -> None:
    crm.simulator.tracker.splits_changes = False
    link = first_link(crm)
    for number in range(3):
        crm.add_thing(number)
    assert len(crm.get(link, "odata.maxpagesize=2").json()["value"]) == 3


def test_what_changes_while_pages_are_read_is_not_lost(crm: SimulatedCrm) -> None:
    things = [crm.add_thing(number) for number in range(4)]
    size = "odata.maxpagesize=2"
    page = crm.get(SELECT, TRACK, size).json()
    crm.simulator.edit(THING, things[0], {"demo_quantity": 9})
    crm.simulator.edit(THING, things[3], {"demo_quantity": 9})
    crm.simulator.delete(THING, things[1])
    pages = crm.pages(page["@odata.nextLink"], TRACK, size)
    assert [row["demo_thingid"] for row in pages[0]["value"]] == things[2:]
    rows = changes(crm, pages[-1]["@odata.deltaLink"])
    assert {row.get("demo_thingid", row.get("id")) for row in rows} == {
        things[0],
        things[1],
        things[3],
    }


@pytest.mark.parametrize("question", ["$filter=demo_quantity eq 1", "$orderby=demo_name", "$top=1"])
def test_what_cannot_be_tracked_is_refused(crm: SimulatedCrm, question: str) -> None:
    answer = crm.get(f"{SELECT}&{question}", TRACK)
    assert error_of(answer) == (400, "0x80060888")
    name = question.partition("=")[0]
    assert answer.json()["error"]["message"].startswith(f'The "{name}" query parameter')


def test_a_table_that_is_not_tracked_is_refused(crm: SimulatedCrm) -> None:
    assert error_of(crm.get("systemusers?$select=fullname", TRACK)) == (400, "0x80072491")


def test_a_link_expires_after_the_days_of_the_organisation(crm: SimulatedCrm) -> None:
    link = first_link(crm)
    crm.clock.advance(days=7)
    crm.sign_in()
    assert crm.get(link).status_code == 200
    crm.clock.advance(1)
    answer = crm.get(link)
    assert error_of(answer) == (400, "0x80044352")
    assert "full sync" in answer.json()["error"]["message"]


def test_the_columns_live_in_the_link(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    link = first_link(crm)
    wider = link.replace("demo_name,", "demo_name,demo_externalid,")
    assert changes(crm, wider) == []
    crm.simulator.edit(THING, thing, {"demo_quantity": 1})
    assert "demo_externalid" not in changes(crm, link)[0]


def test_changes_can_be_counted(crm: SimulatedCrm) -> None:
    gone = crm.add_thing(1)
    link = first_link(crm)
    crm.add_thing(2)
    crm.simulator.delete(THING, gone)
    assert crm.get(link.replace(f"{THINGS}?", f"{THINGS}/$count?")).text == "2"


def test_links_mix_their_spellings_so_that_they_must_be_followed_as_they_are(
    crm: SimulatedCrm,
) -> None:
    for number in range(3):
        crm.add_thing(number)
    page = crm.get(SELECT, TRACK, "odata.maxpagesize=2").json()
    assert "$select=demo_name,demo_quantity" in page["@odata.nextLink"]
    assert "%3Ccookie%20pagenumber=%222%22" in page["@odata.nextLink"]
    link = first_link(crm)
    assert "%21" in link
    assert "%2f" in link
    assert unquote(link) != link


@pytest.mark.parametrize("token", ["$deltatoken=1", "$skiptoken=x", "$deltatoken="])
def test_a_token_that_nobody_gave_is_refused(crm: SimulatedCrm, token: str) -> None:
    assert crm.get(f"{THINGS}?$select=demo_name&{token}").status_code == 400


def test_our_own_writes_come_back_under_our_name(crm: SimulatedCrm) -> None:
    link = first_link(crm)
    crm.send("PATCH", f"{THINGS}({uuid4()})", {"demo_name": "Ours"})
    us = crm.get("WhoAmI").json()["UserId"]
    assert [row["_modifiedby_value"] for row in changes(crm, link)] == [us]


def test_a_person_who_wrote_can_be_looked_up_by_name(crm: SimulatedCrm) -> None:
    person = crm.simulator.add_user("Robin Example")
    thing = crm.add_thing()
    link = first_link(crm)
    crm.simulator.edit(THING, thing, {"demo_quantity": 5}, by=person)
    [row] = changes(crm, link)
    user = crm.get(f"systemusers({row['_modifiedby_value']})?$select=fullname").json()
    assert user["fullname"] == "Robin Example"
