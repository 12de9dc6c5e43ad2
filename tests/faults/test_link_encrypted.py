"""An encrypted connection: nobody is believed before an operator has said so, and then everything arrives."""

from __future__ import annotations

import asyncio
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from asyncua import Client, ua

from hardware_bridge.certificates import Certificates
from hardware_bridge.connect.bridge import Bridge, Health
from hardware_bridge.connect.opcua_source import OpcUaSource
from hardware_bridge.connect.spool import Spool
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import Wire, wires_of
from tests.rooms.bridge.virtual_shop import ON_OPCUA, eventually, keep, kept, record, running, said, served, shop_folder, virtual_shop
from twin.model.plant import Plant
from twin.store.journal import open_journal


def encrypted_shop() -> tuple[Plant, Wire]:
    """The shop, and its OPC UA connection with encryption asked for."""
    plant = virtual_shop()
    assert plant.signals is not None
    secure = plant.signals.connections["plc_a"].model_copy(update={"security": "Basic256Sha256", "allow_anonymous_loopback": False})
    signals = plant.signals.model_copy(update={"connections": {**plant.signals.connections, "plc_a": secure}})
    plant = plant.model_copy(update={"signals": signals})
    return plant, next(wire for wire in wires_of(plant) if wire.name == "plc_a")


def move_to_trusted(folder: Path) -> None:
    for certificate in (folder / "rejected").glob("*.der"):
        shutil.move(certificate, folder / "trusted" / certificate.name)


@pytest.mark.slow
def test_everything_arrives_once_both_operators_have_moved_the_others_certificate(tmp_path: Path) -> None:
    plant, wire = encrypted_shop()
    recorded = keep([fact for fact in record(600) if fact.equipment in ON_OPCUA], tmp_path / "recorded.db")
    servers, bridges, live = tmp_path / "servers_pki", tmp_path / "bridges_pki", tmp_path / "live.db"

    async def scene() -> None:
        publisher = Publisher(
            plant, [wire], lambda: open_journal(recorded, create=False), patience_s=60, certificates=Certificates(servers)
        )
        source = OpcUaSource(wire, Certificates(bridges))
        bridge = Bridge([wire], [source], Spool(tmp_path / "spool"), lambda: open_journal(live), clock=lambda: 0)
        async with served(publisher), running(bridge.run()):
            await eventually(lambda: list((servers / "rejected").glob("*.der")) or list((bridges / "rejected").glob("*.der")))
            assert bridge.links[0].health is Health.WAITING
            for _ in range(200):
                move_to_trusted(servers)
                move_to_trusted(bridges)
                if bridge.links[0].health is Health.GOOD:
                    break
                await asyncio.sleep(0.1)
            await eventually(lambda: bridge.sent_count == len(kept(recorded)))

    asyncio.run(scene())
    assert said(live) == said(recorded)
    for key in (*servers.glob("own/*.pem"), *bridges.glob("own/*.pem")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.slow
def test_without_encryption_nobody_gets_past_the_list_of_endpoints(tmp_path: Path) -> None:
    """A client that ignores the list and opens a channel without security is refused at its first question."""
    plant, wire = encrypted_shop()
    path = keep(record(3), tmp_path / "recorded.db")

    async def scene() -> None:
        publisher = Publisher(plant, [wire], lambda: open_journal(path), patience_s=0, certificates=Certificates(tmp_path / "pki"))
        async with served(publisher):
            asking = Client(wire.address, timeout=10)
            endpoints = await asking.connect_and_get_server_endpoints()
            assert {endpoint.SecurityMode for endpoint in endpoints} == {ua.MessageSecurityMode.SignAndEncrypt}
            stranger = Client(wire.address, timeout=10)
            await stranger.connect_sessionless()
            with pytest.raises(ua.UaStatusCodeError) as refused:
                await stranger.uaclient.session.create_session(ua.CreateSessionParameters(EndpointUrl=wire.address))
            assert refused.value.code == ua.StatusCodes.BadSecurityPolicyRejected
            await stranger.disconnect_sessionless()

    asyncio.run(scene())


@pytest.mark.slow
def test_encryption_without_a_folder_of_certificates_ends_with_2(tmp_path: Path) -> None:
    shop_folder(tmp_path / "shop")
    signals = tmp_path / "shop" / "signals.yaml"
    signals.write_text(signals.read_text().replace("security: none", "security: Basic256Sha256"))
    command = [sys.executable, "-m", "hardware_bridge", "serve", str(tmp_path / "shop"), "--journal", "x.db"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "plc_a: security Basic256Sha256 needs certificates; allowed: --pki FOLDER" in done.stderr
