"""The agent's numbers as Prometheus reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from seatsync.domain.roles import Permission
from seatsync.errors import Forbidden, Unauthenticated
from seatsync_graphql.endpoint import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric
    from starlette.requests import Request

    from seatsync.domain.figures import Figures
    from seatsync_graphql.auth.identity import Authenticator
    from seatsync_graphql.execution import Executor
    from seatsync_graphql.socket_endpoint import SocketEndpoint


class Metrics:
    """Answers with what the mirror says now, so that all agents on one database say the same.

    What is open over WebSockets is this agent's own.
    """

    def __init__(
        self, executor: Executor, authenticator: Authenticator, sockets: SocketEndpoint
    ) -> None:
        """Count where operations are answered."""
        self._executor = executor
        self._authenticator = authenticator
        self._sockets = sockets

    async def answer(self, request: Request) -> Response:
        """Answer one request of a caller who may read."""
        try:
            identity = await self._authenticator.identify(request.headers.get("authorization"))
            identity.caller.require(Permission.READ)
        except (Unauthenticated, Forbidden) as refused:
            return refuse(refused)
        watching = self._executor.services.watching
        figures = await self._executor.beside(lambda: watching.figures(identity.caller))
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        registry = CollectorRegistry()
        registry.register(_Collector(figures))
        registry.register(_OpenSockets(self._sockets))
        return Response(encode(registry), media_type=media_type)


class _OpenSockets:
    """Shows what clients have open with this agent."""

    def __init__(self, sockets: SocketEndpoint) -> None:
        self._sockets = sockets

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "websocket_connections",
            "WebSockets that clients have open with this agent.",
            (),
            [((), self._sockets.connections.total)],
        )
        yield _gauge(
            "websocket_operations",
            "Live updates that are followed over them, and what else is under way there.",
            (),
            [((), self._sockets.subscriptions.total)],
        )


class _Collector:
    """Shows figures as metrics. Gauges: what retention prunes is counted no more."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        yield from self._syncs()
        yield from self._subscriptions()
        yield from self._jobs()
        yield from self._providers()
        yield from self._crm()

    def _syncs(self) -> Iterator[Metric]:
        figures = self._figures
        runs = {(one.provider_key, one.trigger, one.outcome): one.count for one in figures.runs}
        yield _gauge(
            "sync_runs",
            "Sync runs in the report.",
            ("provider", "trigger", "outcome"),
            runs.items(),
        )
        yield _gauge(
            "sync_changes",
            "Subscriptions by what the runs in the report did to them.",
            ("provider", "change"),
            figures.changes.items(),
        )
        yield _gauge(
            "sync_failures",
            "What the runs in the report could not read, by code.",
            ("provider", "code"),
            figures.failures.items(),
        )

    def _subscriptions(self) -> Iterator[Metric]:
        yield _gauge(
            "subscriptions",
            "Subscriptions in the mirror.",
            ("provider", "status"),
            self._figures.subscriptions.items(),
        )
        unassigned = {(reason,): count for reason, count in self._figures.unassigned.items()}
        yield _gauge(
            "unassigned_subscriptions",
            "Subscriptions without a billing contract, by reason.",
            ("reason",),
            unassigned.items(),
        )

    def _jobs(self) -> Iterator[Metric]:
        yield _gauge("jobs", "Jobs that are kept.", ("kind", "status"), self._figures.jobs.items())
        yield _gauge(
            "job_failures",
            "Failed jobs, by code.",
            ("kind", "code"),
            self._figures.failed_jobs.items(),
        )
        yield _gauge(
            "job_queue_age_seconds",
            "How long the job has been due that waits longest.",
            (),
            [((), self._figures.queue_age_s)],
        )

    def _providers(self) -> Iterator[Metric]:
        figures = self._figures
        success = {(key,): at.timestamp() for key, at in figures.last_success.items()}
        yield _gauge(
            "last_success_timestamp_seconds",
            "When the provider's last successful sync ended.",
            ("provider",),
            success.items(),
        )
        yield _gauge(
            "provider_healthy",
            "0 while Verify Connectivity or a sync finds the provider unusable.",
            ("provider",),
            [((key,), int(is_healthy)) for key, is_healthy in figures.healthy.items()],
        )
        yield _gauge(
            "token_expiry_timestamp_seconds",
            "When a consent or token of the provider's ends, where that is known.",
            ("provider", "consent"),
            [(key, at.timestamp()) for key, at in figures.consent_ends.items()],
        )

    def _crm(self) -> Iterator[Metric]:
        yield _gauge(
            "crm_outbox_records",
            "Records that the CRM has yet to be told of; it has refused those that are parked.",
            ("noun", "state"),
            self._figures.outbox.items(),
        )
        late = {(direction,): late_s for direction, late_s in self._figures.crm_late_s.items()}
        yield _gauge(
            "crm_late_seconds",
            "How long the exchange with the CRM has been behind, by direction.",
            ("direction",),
            late.items(),
        )


def _gauge(
    name: str,
    text: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[tuple[str, ...], float]],
) -> Metric:
    family = GaugeMetricFamily(f"seatsync_{name}", text, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family
