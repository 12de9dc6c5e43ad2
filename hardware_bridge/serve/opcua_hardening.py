"""What asyncua's server lacks to stand on a port: limits on what a stranger may send, sessions that cannot be guessed, nobody writes.

These few lines know asyncua 2.1 from the inside (pyproject.toml pins it); tests/faults/test_link_strangers.py fails when one of
them no longer holds.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from asyncua import ua
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.server import Server
from asyncua.server.uaprocessor import UaProcessor
from asyncua.server.user_managers import UserManager
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes

from hardware_bridge.certificates import Certificates

MAX_CONNECTIONS = 32
MAX_SUBSCRIPTIONS = 64
MAX_CHUNK_BYTES = 65_535
MAX_MESSAGE_BYTES = 16 * 2**20
_MESSAGE_TYPES = (b"HEL", b"OPN", b"MSG", b"CLO", b"ERR")


class PublishedValue(ua.DataValue):
    """A value that is replaced and never changed, so that asyncua's copy for each subscriber may be the same one (70 us -> 30 us)."""

    __slots__ = ("sequence",)

    def __init__(self, variant: ua.Variant, at: Any, sequence: int = 0, *, is_uncertain: bool = False) -> None:
        status = ua.StatusCode(ua.UInt32(StatusCodes.Uncertain if is_uncertain else StatusCodes.Good))
        super().__init__(variant, status, SourceTimestamp=at, ServerTimestamp=at)
        self.sequence = sequence  # of the change that it holds; back-pressure asks for it

    def __deepcopy__(self, memo: dict[int, Any]) -> PublishedValue:
        return self


class _ReadersOnly(UserManager):
    """Everybody may read, nobody may write: no user has the role that asyncua asks for. Names and passwords are not taken."""

    def get_user(self, iserver: InternalServer, username: str | None = None, password: str | None = None, certificate: Any = None) -> Any:
        return None if username is not None else User(role=UserRole.User, name="reader")


class _Session(InternalSession):
    """A session whose token is not the next number, and whose subscriptions are its own."""

    iserver: _InternalServer

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self.external:
            self.iserver.unregister_external_session(self)
            self.auth_token = ua.NodeId(ua.ByteString(secrets.token_bytes(32)), ua.Int16(0), ua.NodeIdType.ByteString)
            self.iserver.register_external_session(self)

    def _check_own(self, subscription_id: int) -> None:
        subscription = self.subscription_service.subscriptions.get(int(subscription_id))
        if self.external and (subscription is None or subscription.session_id != self.session_id):
            raise ServiceError(StatusCodes.BadSubscriptionIdInvalid)

    async def write(self, params: ua.WriteParameters) -> list[ua.StatusCode]:
        """A change request that is set is answered by what takes it, and put back."""
        results = await super().write(params)
        for place, asked in enumerate(params.NodesToWrite):
            take = self.iserver.requests.get(asked.NodeId)
            value = asked.Value.Value
            if take is None or not results[place].is_good() or value is None or value.Value is not True:
                continue
            results[place] = take()
            back = ua.DataValue(ua.Variant(Value=False, VariantType=ua.VariantType.Boolean))
            await self.iserver.aspace.write_attribute_value(asked.NodeId, AttributeIds.Value, back)
        return results

    async def delete_subscriptions(self, ids: list[int]) -> list[ua.StatusCode]:
        for subscription_id in ids:
            self._check_own(subscription_id)
        return await super().delete_subscriptions(ids)

    async def create_monitored_items(self, params: ua.CreateMonitoredItemsParameters) -> list[ua.MonitoredItemCreateResult]:
        self._check_own(params.SubscriptionId)
        return await super().create_monitored_items(params)

    async def delete_monitored_items(self, params: ua.DeleteMonitoredItemsParameters) -> list[ua.StatusCode]:
        self._check_own(params.SubscriptionId)
        return await super().delete_monitored_items(params)

    def republish(self, params: ua.RepublishParameters) -> ua.NotificationMessage:
        self._check_own(params.SubscriptionId)
        message = super().republish(params)
        if not message.NotificationData:  # else a client that asks for what is no longer kept asks for ever
            raise ServiceError(StatusCodes.BadMessageNotAvailable)
        return message

    async def transfer_subscriptions(  # type: ignore[override]  # so does asyncua's: the server's has one argument more
        self, params: ua.TransferSubscriptionsParameters, callback: Any
    ) -> list[ua.TransferResult]:
        for subscription_id in params.SubscriptionIds:
            self._check_own(subscription_id)
        return await super().transfer_subscriptions(params, callback)


class _InternalServer(InternalServer):
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.requests: dict[ua.NodeId, Callable[[], ua.StatusCode]] = {}  # what takes the change request of a node

    def create_session(self, name: str, user: User | None = None, external: bool = False) -> InternalSession:
        return _Session(self, self.aspace, self.subscription_service, name, user=user or User(role=UserRole.Anonymous), external=external)


_DISCOVERY = tuple(
    ua.NodeId(ua.Int32(number))
    for number in (
        ObjectIds.GetEndpointsRequest_Encoding_DefaultBinary,
        ObjectIds.FindServersRequest_Encoding_DefaultBinary,
    )
)


class _Processor(UaProcessor):
    """Where encryption is asked for, a channel without it may ask where to go, and nothing else."""

    async def _process_message(self, typeid: ua.NodeId, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        open_channel = isinstance(self._connection.security_policy, SecurityPolicyNone)
        if open_channel and self.iserver.certificate is not None and typeid not in _DISCOVERY:
            raise ServiceError(StatusCodes.BadSecurityPolicyRejected)
        return await super()._process_message(typeid, requesthdr, seqhdr, body)  # type: ignore[no-untyped-call]


class _Protocol(OPCUAProtocol):
    """Looks at the size that a message announces before a byte of it is kept."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.processor is not None:
            self.processor = _Processor(self.iserver, self.transport, self.limits)
            self.processor.set_policies(self.policies)  # type: ignore[no-untyped-call]

    def data_received(self, data: bytes) -> None:
        start = (self._buffer + data[:8])[:8]
        size = int.from_bytes(start[4:8], "little")
        if len(start) == 8 and (start[:3] not in _MESSAGE_TYPES or size > MAX_CHUNK_BYTES):
            self._buffer = b""
            if self.transport is not None:
                self.transport.abort()
            return
        super().data_received(data)


class _BinaryServer(BinaryServer):
    def _make_protocol(self) -> OPCUAProtocol:
        return _Protocol(
            iserver=self.iserver, policies=self._policies, clients=self.clients, closing_tasks=self.closing_tasks, limits=self.limits
        )


class HardenedServer(Server):
    """An OPC UA server that only answers."""

    def __init__(self) -> None:
        inside = _InternalServer(user_manager=_ReadersOnly())
        super().__init__(iserver=inside)
        self.requests = inside.requests
        self.allow_remote_admin(False)
        self.set_identity_tokens([ua.AnonymousIdentityToken])
        self.iserver.max_connections = MAX_CONNECTIONS
        self.iserver.max_subscriptions = MAX_SUBSCRIPTIONS
        self.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        self.limits = TransportLimits(
            max_recv_buffer=MAX_CHUNK_BYTES,
            max_send_buffer=MAX_CHUNK_BYTES,
            max_chunk_count=MAX_MESSAGE_BYTES // MAX_CHUNK_BYTES,
            max_message_size=MAX_MESSAGE_BYTES,
        )

    async def encrypt(self, certificates: Certificates, name: str) -> None:
        """Sign and encrypt by Basic256Sha256; who is not trusted gets no session."""
        certificate, key = await certificates.own(name, self.get_application_uri())
        await self.load_certificate(certificate)
        await self.load_private_key(key)
        self.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        self.iserver.certificate_validator = certificates.check_clients()

    async def start(self) -> None:
        """As asyncua's, with the protocol above in the place of its own.

        Raises
        ------
        OSError : the port cannot be had
        """
        await self._setup_server_nodes()
        await self.iserver.start()
        try:
            assert self.socket_address is not None
            self.bserver = _BinaryServer(self.iserver, *self.socket_address, self.limits)
            self.bserver.set_policies(self._policies)
            await self.bserver.start()
        except BaseException:
            self.bserver = None
            await self.iserver.stop()
            raise
