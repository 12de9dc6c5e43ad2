"""Signals of an OPC UA server: subscribes to the changes of each piece of equipment, and reads again what it missed.

The asyncua client is used below its own reconnect and its own publish loop: those lose tags without a word, and acknowledge
values that nobody has kept yet. Here every attempt is a new client, and the next publish request, which acknowledges the last
answer, is sent when the last batch is safe.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.attribute_ids import AttributeIds

from hardware_bridge.certificates import Certificates
from hardware_bridge.change import read_change
from hardware_bridge.message import read_envelope
from hardware_bridge.signal import Position, Quality, Signal, SourceLost
from hardware_bridge.wiring import Wire
from twin.model.signals import OpcUaConnection

ANSWER_S = 4.0
"""A server that does not answer a request for so long is lost."""
SILENT_S = 5.0
"""A server that sends neither values nor keep-alives for so long is lost."""
KEEP_ALIVE_S = 1.0
SESSION_S = 30.0
RETRY_S = 5.0
"""Nodes that the server did not have are asked for again so often."""
QUEUE = 4_096  # values of one node that the server keeps for us between two publish requests

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_CLOCK = ""  # its name among those of the equipment


class OpcUaSource:
    """One OPC UA connection (SignalSource). Reads only.

    Equipment whose nodes the server does not have is BAD by itself; the others go on.
    """

    def __init__(self, wire: Wire, certificates: Certificates | None = None) -> None:
        assert isinstance(wire.connection, OpcUaConnection)
        self._certificates = certificates
        self._encrypted = wire.connection.security != "none"
        self.connection = wire.name
        self.address = wire.address
        self.equipment = list(wire.equipment)
        self._wire = wire
        self._namespace = wire.connection.namespace
        self._publish_ms = wire.connection.publish / 1e3
        self._messages = [wire.name] if wire.business else []  # messages are known by the connection's name
        self._series = [*self._messages, *wire.equipment]
        self._names = [_CLOCK, *self._series]  # the client handle is the place in this list
        self._node_of = {_CLOCK: "Clock", wire.name: "Business.LastMessage"}
        self._node_of |= {name: f"{it.node}.LastChange" for name, it in wire.equipment.items()}

    async def batches(self, known: Callable[[str], Position]) -> AsyncIterator[Sequence[Signal]]:
        """See SignalSource."""
        client = Client(self.address, timeout=ANSWER_S, watchdog_intervall=3_600)  # its watchdog takes a slow second for a loss
        client.session_timeout = int(SESSION_S * 1e3)
        closing = False
        try:
            async for batch in self._session(client, known):
                yield batch
        except (GeneratorExit, asyncio.CancelledError):
            closing = True
            raise
        except SourceLost:
            raise
        except Exception as error:  # what a stranger on the port makes asyncua raise has no bounds
            raise SourceLost(f"{self.address}: {_reason(error)}") from None
        finally:
            await _close(client, politely=closing)

    async def _session(self, client: Client, known: Callable[[str], Position]) -> AsyncIterator[Sequence[Signal]]:
        async with asyncio.timeout(2 * ANSWER_S):
            await connect(client, self._certificates if self._encrypted else None)
        session = client.uaclient.session
        namespaces = await client.get_namespace_array()
        if self._namespace not in namespaces:
            raise SourceLost(f"{self.address} has no namespace '{self._namespace}'; it has {', '.join(namespaces[1:])}")
        index = ua.Int16(namespaces.index(self._namespace))
        subscription = await session.create_subscription(
            ua.CreateSubscriptionParameters(
                RequestedPublishingInterval=self._publish_ms,
                RequestedLifetimeCount=int(SESSION_S * 1e3 / self._publish_ms),
                RequestedMaxKeepAliveCount=max(1, int(KEEP_ALIVE_S * 1e3 / self._publish_ms)),
                MaxNotificationsPerPublish=0,
                PublishingEnabled=True,
            ),
            lambda _: None,
        )
        if session._publish_task is not None:
            session._publish_task.cancel()  # asyncua's own loop
        ids = {name: ua.NodeId(ua.String(self._node_of[name]), index) for name in (_CLOCK, *self._series)}
        missing = dict.fromkeys(ids, "")
        acknowledged: list[ua.SubscriptionAcknowledgement] = []
        retry_s = 0.0
        while True:
            if missing and time.monotonic() >= retry_s:
                wanted = {name: ids[name] for name in missing}
                missing = await self._monitor(client, subscription.SubscriptionId, wanted)
                retry_s = time.monotonic() + RETRY_S
                yield [
                    *(self._bad(name, reason) for name, reason in missing.items()),
                    *await self._catch_up(client, ids, [name for name in wanted if name not in missing], known),
                ]
            async with asyncio.timeout(SILENT_S):
                response = await session.publish(acknowledged)
            response.ResponseHeader.ServiceResult.check()
            message = response.Parameters.NotificationMessage
            acknowledged = []
            if message.NotificationData:
                yield self._notified(message.NotificationData)
                acknowledged.append(
                    ua.SubscriptionAcknowledgement(SubscriptionId=subscription.SubscriptionId, SequenceNumber=message.SequenceNumber)
                )

    async def _monitor(self, client: Client, subscription_id: int, ids: dict[str, ua.NodeId]) -> dict[str, str]:
        """Ask for every value of each node; names of the nodes that the server does not give, with its reason."""
        requests = [
            ua.MonitoredItemCreateRequest(
                ua.ReadValueId(node_id, AttributeIds.Value),
                ua.MonitoringMode.Reporting,
                # Sampling 0: every change. Of the clock only the latest matters.
                ua.MonitoringParameters(
                    ClientHandle=self._names.index(name), SamplingInterval=0.0, QueueSize=QUEUE if name else 1, DiscardOldest=True
                ),
            )
            for name, node_id in ids.items()
        ]
        results = await client.uaclient.session.create_monitored_items(
            ua.CreateMonitoredItemsParameters(
                SubscriptionId=subscription_id, TimestampsToReturn=ua.TimestampsToReturn.Both, ItemsToCreate=requests
            )
        )
        refused = {name: result.StatusCode.name for name, result in zip(ids, results, strict=True) if not result.StatusCode.is_good()}
        if _CLOCK in refused:
            raise SourceLost(f"{self.address} has no node Clock in {self._namespace}: {refused[_CLOCK]}")
        return refused

    async def _catch_up(
        self, client: Client, ids: dict[str, ua.NodeId], names: list[str], known: Callable[[str], Position]
    ) -> list[Signal]:
        """What has happened since `known` and is still kept; read after the subscription stands, so that nothing falls between."""
        present = [name for name in names if name != _CLOCK]
        clock, *lasts = await client.uaclient.session.read_attributes([ids[_CLOCK], *(ids[name] for name in present)], AttributeIds.Value)
        clock_us, batch = _clock_us(clock), []
        for name, last in zip(present, lasts, strict=True):
            newest = self._signal(name, last)
            if newest is None:
                continue
            position = known(name)
            if (newest.life, newest.sequence) != (position.life, position.sequence):
                batch += await self._kept(client, ids[name], name, position)
            if name not in self._messages:
                batch.append(self._present(name, newest, clock_us))
        if clock_us > 0:
            batch.append(Signal(connection=self.connection, property="clock", value=clock_us, source_us=clock_us))
        return batch

    async def _kept(self, client: Client, last_id: ua.NodeId, name: str, position: Position) -> list[Signal]:
        node, _, kind = str(last_id.Identifier).rpartition(".Last")  # LastChange -> RecentChanges, LastMessage -> RecentMessages
        recent_id = ua.NodeId(ua.String(f"{node}.Recent{kind}s"), last_id.NamespaceIndex)
        (recent,) = await client.uaclient.session.read_attributes([recent_id], AttributeIds.Value)
        texts = recent.Value.Value if recent.Value is not None else []
        signals = [signal for text in texts or [] if (signal := self._read_text(name, text)) is not None]
        return [signal for signal in signals if signal.life != position.life or signal.sequence > position.sequence]

    def _notified(self, notifications: list[Any]) -> list[Signal]:
        """The signals of one publish response. The clock comes last: it was moved after what it covers."""
        batch, clock_us = list[Signal](), -1
        for notification in notifications:
            if isinstance(notification, ua.StatusChangeNotification):
                raise SourceLost(f"{self.address} ends the subscription: {notification.Status}")
            for monitored in getattr(notification, "MonitoredItems", ()):
                name = self._names[monitored.ClientHandle]
                if name == _CLOCK:
                    clock_us = max(clock_us, _clock_us(monitored.Value))
                elif (signal := self._signal(name, monitored.Value)) is not None:
                    batch.append(signal)
        if clock_us > 0:
            batch.append(Signal(connection=self.connection, property="clock", value=clock_us, source_us=clock_us))
        return batch

    def _signal(self, name: str, value: ua.DataValue) -> Signal | None:
        """The signal of a node's value; None if nothing has happened yet."""
        status = value.StatusCode
        if status is not None and status.is_bad():
            return self._bad(name, status.name)
        text = value.Value.Value if value.Value is not None else None
        signal = self._read_text(name, text) if text else None
        if signal is not None and status is not None and status.is_uncertain() and signal.quality is Quality.GOOD:
            return replace(signal, quality=Quality.UNCERTAIN, reason=status.name)
        return signal

    def _read_text(self, name: str, text: object) -> Signal | None:
        try:
            if name in self._messages:
                envelope = read_envelope(str(text))
                return Signal(
                    connection=self.connection, property="message", value=str(text), source_us=envelope.effective_us,
                    sequence=envelope.sequence, life=envelope.life, place=self._place(name),
                )  # fmt: skip
            change, life = read_change(str(text))
        except ValueError as error:
            return self._bad(name, f"cannot be read: {error}")
        return Signal(
            connection=self.connection, equipment=name, property="change", value=change,
            source_us=change.time_us, sequence=change.sequence, life=life, place=self._place(name),
        )  # fmt: skip

    def _present(self, name: str, newest: Signal, clock_us: int) -> Signal:
        return Signal(
            connection=self.connection, equipment=name, property="present", value=newest.sequence,
            source_us=max(clock_us, newest.source_us), sequence=newest.sequence, life=newest.life,
        )  # fmt: skip

    def _bad(self, name: str, reason: str) -> Signal:
        equipment = "" if name in self._messages else name
        return Signal(
            connection=self.connection, equipment=equipment, property="change" if equipment else "message", value=None,
            source_us=-1, quality=Quality.BAD, reason=reason, place=self._place(name),
        )  # fmt: skip

    def _place(self, name: str) -> str:
        """The node as OPC UA writes it, by its namespace and not by the number that a server happens to give that."""
        return f"nsu={self._namespace};s={self._node_of[name]}"


async def connect(client: Client, certificates: Certificates | None) -> None:
    """Connect as the bridge; with certificates, encrypted."""
    client.name = client.description = "plant-twin hardware bridge"
    client.application_uri = "urn:plant-twin:hardware_bridge"
    if certificates is not None:
        certificate, key = await certificates.own("bridge", client.application_uri)
        client.certificate_validator = certificates.check_servers()
        await client.set_security(SecurityPolicyBasic256Sha256, certificate, key)
    await client.connect()


def _clock_us(value: ua.DataValue) -> int:
    at = value.Value.Value if value.Value is not None else None
    return (at.replace(tzinfo=UTC) - _EPOCH) // _US if isinstance(at, datetime) else -1


def _reason(error: Exception) -> str:
    """A reason for people; time-outs have no text of their own."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return f"{error}" or type(error).__name__


async def _close(client: Client, politely: bool) -> None:
    """Let go of the connection: with the services for it if the peer still listens, and in any case without a task left behind."""
    if politely:
        with suppress(Exception):
            async with asyncio.timeout(1.0):
                await client.disconnect()
    client.uaclient.request_disconnect()
    for task in (client._supervisor_task, client._stale_watchdog_task, client._renew_channel_task, client.uaclient.session._publish_task):
        if task is not None and not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
    client.disconnect_socket()
