"""Verify Connectivity: which of the many reasons keeps Partner Center from answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.connectivity import Consent, ConsentKind, ConsentState
from seatsync.errors import PassingFault, SeatsyncError, StandingFault
from seatsync.sdk.verification import (
    CONSENT,
    ONE_PAGE,
    PERMISSION,
    TOKEN,
    Stage,
    Warned,
    run_stages,
)
from seatsync_partner_center.claims import require_consented
from seatsync_partner_center.problem import problem_of
from seatsync_partner_center.refusals import fault_for
from seatsync_partner_center.settings import Mode
from seatsync_partner_center.sign_in_error import SignInRefused, refused
from seatsync_partner_center.sign_in_state import MEANINGS, SignInState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.connectivity import ConnectivityCheck
    from seatsync.sdk.context import Clock
    from seatsync.sdk.http import TokenAuth
    from seatsync_partner_center.api import Api
    from seatsync_partner_center.grant import Grant, GrantStore
    from seatsync_partner_center.settings import PartnerCenterSettings
    from seatsync_partner_center.token import Tokens

PROFILE = "/v1/profiles/legalbusiness?vettingVersion=Current"
ABOUT_CONSENT = frozenset(
    {
        *(SignInState.RECONSENT_EXPIRED, SignInState.RECONSENT_REVOKED),
        *(SignInState.RECONSENT_POLICY, SignInState.MFA_REQUIRED, SignInState.CONSENT_MISSING),
        *(SignInState.CONSENT_DECLINED, SignInState.ADMIN_CONSENT_REQUIRED),
        SignInState.APP_MISCONFIGURED,
    }
)
"""Entra looks at tenant, application and secret first: these say that all three are right."""

SIGN_IN = "Sign in again before then: `seatsync consent`."


class Verification:
    """The stages, from the token to the first page, and the consents behind them."""

    def __init__(
        self,
        settings: PartnerCenterSettings,
        api: Api,
        auth: TokenAuth,
        tokens: Tokens,
        grants: GrantStore,
        clock: Clock,
    ) -> None:
        """Look at one connection."""
        self._settings = settings
        self._api = api
        self._auth = auth
        self._tokens = tokens
        self._grants = grants
        self._clock = clock
        self._consent_fault: SignInRefused | None = None

    def stages(self, count_one_page: Callable[[], int]) -> Iterator[ConnectivityCheck]:
        """Yield the stages; `count_one_page` reads a page of customers."""
        return run_stages(
            (
                Stage(TOKEN, self._check_token),
                Stage(CONSENT, self._check_consent),
                Stage(PERMISSION, self._check_permission),
                Stage(ONE_PAGE, lambda: f"read a page of {count_one_page()} customers"),
            )
        )

    def consents(self) -> tuple[Consent, ...]:
        """Return the administrator's and the user's consent, as a token tells them."""
        fault = self._sign_in_fault()
        return (self._admin_consent(fault), self._user_consent(fault))

    def _check_token(self) -> str:
        try:
            self._auth.renew(self._api.client)
        except SignInRefused as fault:
            if fault.state not in ABOUT_CONSENT:
                raise
            self._consent_fault = fault
            return "Microsoft Entra accepts tenant, application and secret"
        return "Microsoft Entra gave a token"

    def _check_consent(self) -> str | Warned:
        if self._consent_fault is not None:
            raise self._consent_fault
        require_consented(self._tokens.claims, self._settings)
        if self._settings.mode is Mode.APP_ONLY:
            return "the application acts for itself: no user's consent is needed"
        self._require_mfa()
        return self._lasting_consent()

    def _require_mfa(self) -> None:
        # This call is allowed to everybody; what else it may say is the next stage's business.
        response = self._api.client.get(PROFILE, headers={"ValidateMfa": "true"})
        problem = problem_of(response)
        verdict = response.headers.get("isMfaCompliant", "").partition(",")[0].strip().lower()
        if problem.is_mfa:
            raise fault_for(problem)
        if verdict == "false":
            raise refused(SignInState.MFA_REQUIRED, self._settings, "isMfaCompliant: false")

    def _lasting_consent(self) -> str | Warned:
        grant = self._grants.load()
        if grant and grant.expires_at and grant.runs_out_soon(self._clock.now()):
            return Warned(f"the refresh token runs out on {grant.expires_at:%Y-%m-%d}", SIGN_IN)
        return "the user's consent is in force, with multi-factor authentication"

    def _check_permission(self) -> str:
        self._api.get(f"{self._api.origin}/v1/customers?size=1")
        return "customers may be listed"

    def _sign_in_fault(self) -> SeatsyncError | None:
        try:
            self._auth.renew(self._api.client)
            require_consented(self._tokens.claims, self._settings)
        except (StandingFault, PassingFault) as fault:
            return fault
        return None

    def _admin_consent(self, fault: SeatsyncError | None) -> Consent:
        if fault is None:
            return Consent(ConsentKind.ADMIN, ConsentState.GRANTED)
        if _is_about(fault, ConsentKind.ADMIN):
            return Consent(ConsentKind.ADMIN, _state_of(fault), remedy=fault.remedy)
        return Consent(ConsentKind.ADMIN, ConsentState.UNKNOWN, remedy=fault.remedy)

    def _user_consent(self, fault: SeatsyncError | None) -> Consent:
        if self._settings.mode is Mode.APP_ONLY:
            return Consent(ConsentKind.USER, ConsentState.NOT_REQUIRED)
        grant = self._grants.load()
        expires_at = grant.expires_at if grant else None
        if fault is None:
            remedy = self._expiry_remedy(grant)
            return Consent(ConsentKind.USER, ConsentState.GRANTED, expires_at, remedy)
        state = _state_of(fault) if _is_about(fault, ConsentKind.USER) else ConsentState.UNKNOWN
        return Consent(ConsentKind.USER, state, expires_at, fault.remedy)

    def _expiry_remedy(self, grant: Grant | None) -> str | None:
        soon = grant is not None and grant.runs_out_soon(self._clock.now())
        return SIGN_IN if soon else None


def _is_about(fault: SeatsyncError, kind: ConsentKind) -> bool:
    return isinstance(fault, SignInRefused) and MEANINGS[fault.state].kind is kind


def _state_of(fault: SeatsyncError) -> ConsentState:
    return (
        MEANINGS[fault.state].consent if isinstance(fault, SignInRefused) else ConsentState.UNKNOWN
    )
