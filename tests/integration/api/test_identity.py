"""Who is calling: keys, and the tokens of an issuer that runs here."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from front_desk import Auth, FrontDesk, Key, Oidc
from local_issuer import LocalIssuer
from seatsync.domain.roles import Role
from socket_talk import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice

KEY = "seatsync_a-key-that-nobody-has"
VIEWER = "{ viewer { name roles } }"
OPEN = ("/healthz", "/readyz")
CLOSED = ("/metrics", "/reports/sync-report.csv", f"/graphql?query={VIEWER}")


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """Who is calling is the same on either database."""
    return migrated_sqlite_url


def key(name: str, text: str, *roles: Role) -> Key:
    return Key(name, hashlib.sha256(text.encode()).hexdigest(), roles)


@pytest.fixture
def keys_desk(office: BackOffice) -> Iterator[FrontDesk]:
    keys = (
        key("crm", KEY, Role.BILLING, Role.PROVISIONING),
        key("dashboard", "other", Role.READER),
        key("nobody", "nothing"),
    )
    desk = FrontDesk(office, auth=Auth("keys", keys))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def running_issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer().open() as issuer:
        yield issuer


@pytest.fixture
def issuer(running_issuer: LocalIssuer) -> LocalIssuer:
    """Give the issuer as it was at first, but for its key."""
    running_issuer.is_down = False
    running_issuer.claims_to_be = None
    running_issuer.rotate("first")
    running_issuer.asked.clear()
    return running_issuer


@pytest.fixture
def token_desk(office: BackOffice, issuer: LocalIssuer) -> Iterator[FrontDesk]:
    desk = FrontDesk(office, auth=Auth("oidc", oidc=Oidc(issuer.url)))
    yield desk
    desk.close()


def viewer(desk: FrontDesk, credentials: str, scheme: str = "Bearer") -> Any:
    headers = {"Authorization": f"{scheme} {credentials}"}
    return desk.send("POST", "/graphql", json={"query": VIEWER}, headers=headers).json()


def refusal(desk: FrontDesk, credentials: str) -> str:
    """Return why credentials are refused."""
    [error] = viewer(desk, credentials)["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert credentials not in error["message"]
    return str(error["message"])


def test_without_authentication_everybody_is_local_and_may_do_everything(
    office: BackOffice,
) -> None:
    desk = FrontDesk(office)
    assert desk.ask(VIEWER)["viewer"] == {"name": "local", "roles": sorted(Role)}
    desk.close()


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:8365", "", "[", "1.2.3.4"])
def test_without_authentication_the_agent_answers_to_its_own_names_only(
    office: BackOffice, keys_desk: FrontDesk, host: str
) -> None:
    desk = FrontDesk(office)
    for path in CLOSED:
        assert desk.send("GET", path, headers={"Host": host}).status_code == 421
        assert keys_desk.send("GET", path, headers={"Host": host}).status_code == 401
    assert desk.send("GET", "/healthz", headers={"Host": host}).status_code == 200
    for own in ("localhost:8365", "127.0.0.1", "[::1]:8365"):
        assert desk.send("GET", CLOSED[-1], headers={"Host": own}).status_code == 200
    with Served(desk).open() as served:
        assert served.refused(host="rebound.example") == 421
    desk.close()


def test_a_key_opens_what_its_roles_open(keys_desk: FrontDesk) -> None:
    answer = viewer(keys_desk, KEY)
    assert answer == {"data": {"viewer": {"name": "crm", "roles": ["BILLING", "PROVISIONING"]}}}
    assert viewer(keys_desk, "other", "bearer")["data"]["viewer"]["roles"] == ["READER"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        KEY,
        f"Basic {KEY}",
        f"Bearer {KEY}x",
        f"Bearer {KEY[:-1]}",
        f"Bearer {hashlib.sha256(KEY.encode()).hexdigest()}",
        "Bearer \xff",
    ],
)
def test_no_key_or_a_wrong_one_opens_nothing(
    keys_desk: FrontDesk, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    for path in CLOSED:
        answer = keys_desk.send("GET", path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        [error] = answer.json()["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    for path in OPEN:
        assert keys_desk.send("GET", path, headers=headers).status_code == 200


def test_a_caller_without_a_role_may_only_ask_who_it_is(keys_desk: FrontDesk) -> None:
    assert viewer(keys_desk, "nothing")["data"]["viewer"] == {"name": "nobody", "roles": []}
    headers = {"Authorization": "Bearer nothing"}
    for path in CLOSED[:2]:
        answer = keys_desk.send("GET", path, headers=headers)
        assert answer.status_code == 403
        assert "READER" in answer.json()["errors"][0]["message"]


def test_what_a_caller_does_is_in_the_audit_log_under_its_name(
    keys_desk: FrontDesk, office: BackOffice
) -> None:
    query = 'mutation { createAccount(input: {name: "x"}) { account { id } } }'
    headers = {"Authorization": f"Bearer {KEY}"}
    assert (
        "errors"
        not in keys_desk.send("POST", "/graphql", json={"query": query}, headers=headers).json()
    )
    assert [entry.actor for entry in office.audited("createAccount")] == ["crm"]


def test_a_token_opens_what_its_roles_are_mapped_to(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    token = issuer.token(preferred_username="ada@reseller.example", roles=["Boss", "ADMIN", 7])
    assert viewer(token_desk, token)["data"]["viewer"] == {
        "name": "ada@reseller.example",
        "roles": ["ADMIN"],
    }
    assert viewer(token_desk, issuer.token(roles="x Boss"))["data"]["viewer"]["roles"] == ["ADMIN"]
    assert viewer(token_desk, issuer.token(roles=["ADMIN"]))["data"]["viewer"]["roles"] == []
    assert viewer(token_desk, issuer.token(roles=None))["data"]["viewer"]["roles"] == []
    assert len(issuer.asked) == 2


def test_nobody_takes_a_name_of_the_agent_s_own(token_desk: FrontDesk, issuer: LocalIssuer) -> None:
    token = issuer.token(preferred_username="schedule", sub="ada")
    assert viewer(token_desk, token)["data"]["viewer"]["name"] == "ada"


def unsigned(token: str, **header: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", **header}).encode()).decode()
    return f"{head.rstrip('=')}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": 1}, "the token has expired"),
        ({"exp": time.time() - 90}, "the token has expired"),
        ({"exp": None}, "this is not a valid token"),
        ({"exp": "soon"}, "this is not a valid token"),
        ({"nbf": time.time() + 86_400}, "the token is not valid yet"),
        ({"iat": time.time() + 86_400}, "the token is not valid yet"),
        ({"aud": "api://other"}, "the token is for another audience"),
        ({"aud": None}, "this is not a valid token"),
        ({"iss": "https://elsewhere.example"}, "the token is from another issuer"),
        ({"iss": None}, "this is not a valid token"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_and_told_why(
    token_desk: FrontDesk, issuer: LocalIssuer, claims: dict[str, Any], reason: str
) -> None:
    assert refusal(token_desk, issuer.token(**claims)) == reason


@pytest.mark.parametrize("claims", [{"exp": -30}, {"nbf": 30}, {"iat": 30}])
def test_clocks_may_differ_by_as_much_as_is_configured(
    token_desk: FrontDesk, issuer: LocalIssuer, claims: dict[str, int]
) -> None:
    at: dict[str, Any] = {name: int(time.time()) + offset for name, offset in claims.items()}
    assert "data" in viewer(token_desk, issuer.token(**at))


def test_a_token_for_several_audiences_may_be_for_us(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    assert "data" in viewer(token_desk, issuer.token(aud=["api://other", "api://seatsync"]))


def test_a_forged_token_is_refused(token_desk: FrontDesk, issuer: LocalIssuer) -> None:
    good = issuer.token()
    other = LocalIssuer()
    other.url = issuer.url
    public = issuer.published()[0]["n"]
    by_secret = jwt.encode(
        jwt.decode(good, options={"verify_signature": False}),
        public,
        "HS256",
        headers={"kid": "first"},
    )
    head, body, signature = good.split(".")
    for forged in (
        other.token("first"),
        by_secret,
        unsigned(good),
        unsigned(good, kid="first"),
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        head,
        "a.b.c",
        "x" * 20_000,
    ):
        refusal(token_desk, forged)


def test_a_rotated_key_is_read_when_it_is_first_used(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    old = issuer.token()
    assert "data" in viewer(token_desk, old)
    issuer.add("second", "ec")
    assert "data" in viewer(token_desk, issuer.token("second", "ES256"))
    assert "data" in viewer(token_desk, old)
    issuer.rotate("third")
    assert "data" in viewer(token_desk, issuer.token("third"))
    assert refusal(token_desk, old) == "the token is not signed with a key of the issuer"


def test_made_up_key_ids_do_not_make_us_ask_the_issuer_without_end(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    stranger = LocalIssuer()
    stranger.url = issuer.url
    for number in range(12):
        stranger.rotate(f"made up {number}", "ec")
        refusal(token_desk, stranger.token(algorithm="ES256"))
    assert len(issuer.asked) == 12


def test_an_issuer_that_does_not_answer_locks_nobody_out_who_was_known(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    issuer.is_down = True
    assert "their issuer cannot be reached" in refusal(token_desk, issuer.token())
    issuer.is_down = False
    assert "data" in viewer(token_desk, issuer.token())
    issuer.is_down = True
    assert "data" in viewer(token_desk, issuer.token())


def test_a_document_of_another_issuer_is_not_believed(
    token_desk: FrontDesk, issuer: LocalIssuer
) -> None:
    issuer.claims_to_be = "https://elsewhere.example"
    assert "their issuer cannot be reached" in refusal(token_desk, issuer.token())


FOLLOW = "subscription { syncReport { id } }"


def test_a_websocket_authenticates_in_the_handshake_or_in_its_greeting(
    keys_desk: FrontDesk,
) -> None:
    bearer = f"Bearer {KEY}"
    with Served(keys_desk).open() as served:
        with served.talk(additional_headers={"Authorization": bearer}) as client:
            client.subscribe("a", VIEWER)
            assert client.hear()["payload"]["data"]["viewer"]["name"] == "crm"
        with served.talk(greet=False) as client:
            client.say("connection_init", payload={"authorization": bearer})
            assert client.hear() == {"type": "connection_ack"}
            client.subscribe("a", VIEWER)
            assert client.hear()["payload"]["data"]["viewer"]["name"] == "crm"


@pytest.mark.parametrize("payload", [{}, {"authorization": "Bearer x"}, {"authorization": 7}])
def test_a_websocket_without_good_credentials_is_closed(
    keys_desk: FrontDesk, payload: dict[str, Any]
) -> None:
    with Served(keys_desk).open() as served, served.talk(greet=False) as client:
        client.say("connection_init", payload=payload)
        assert client.closed()[0] == 4403


def test_live_updates_need_a_reader(keys_desk: FrontDesk) -> None:
    headers = {"Authorization": "Bearer nothing"}
    with Served(keys_desk).open() as served, served.talk(additional_headers=headers) as client:
        client.subscribe("a", FOLLOW)
        [error] = client.hear()["payload"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "READER" in error["message"]


def test_a_websocket_loses_its_rights_when_its_token_expires(
    office: BackOffice, issuer: LocalIssuer
) -> None:
    desk = FrontDesk(office, auth=Auth("oidc", oidc=Oidc(issuer.url, clock_skew_s=0)))
    token = issuer.token(exp=int(time.time()) + 2)
    headers = {"Authorization": f"Bearer {token}"}
    with Served(desk).open() as served:
        with served.talk(additional_headers=headers) as client:
            client.subscribe("a", FOLLOW)
            code, reason = client.closed()
            assert (code, reason) == (4403, "Forbidden: the token has expired")
        assert time.time() >= json.loads(_payload(token))["exp"]
        assert not desk.app.state.sockets.subscriptions.open
        with served.talk(greet=False, additional_headers=headers) as client:
            client.say("connection_init")
            assert client.closed()[0] == 4403
    desk.close()


def _payload(token: str) -> bytes:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
