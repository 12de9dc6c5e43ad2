"""The signal map at the door of the bridge: every problem at once, in words; no connection that would not be safe."""

from __future__ import annotations

from typing import Any

import pytest

from hardware_bridge.wiring import WiringError, is_loopback, wires_of
from tests.rooms.bridge.virtual_shop import virtual_shop
from twin.model.plant import Plant


def shop_with(**changes: Any) -> Plant:
    """The shop with another signal map: `connection__key` changes one connection, `equipment__unit` one address."""
    plant = virtual_shop()
    assert plant.signals is not None
    signals = plant.signals.model_dump()
    signals["connections"]["plc_a"]["publish"] = signals["connections"]["plc_b"]["poll"] = "50 ms"
    for path, value in changes.items():
        *keys, last = path.split("__")
        table = signals
        for key in keys:
            table = table[key]
        table[last] = value
    return plant.model_copy(update={"signals": type(plant.signals).model_validate(signals)})


def problems(plant: Plant, port_offset: int = 0, *, served: bool = False) -> str:
    with pytest.raises(WiringError) as raised:
        wires_of(plant, port_offset, served=served)
    return str(raised.value)


def test_a_wire_knows_its_equipment_in_declared_order_and_its_port_with_the_offset() -> None:
    plant = virtual_shop()
    assert plant.signals is not None
    opcua, modbus = wires_of(plant, 7)
    port = plant.signals.connections["plc_b"].port  # type: ignore[union-attr]
    assert list(opcua.equipment) == ["lathe", "furnace"]
    assert (modbus.host, modbus.port, modbus.business) == ("127.0.0.1", port + 7, False)
    assert opcua.business
    assert opcua.address.endswith("/shop")


def test_a_plant_without_a_signal_map_is_refused() -> None:
    assert "has no signals.yaml" in problems(virtual_shop().model_copy(update={"signals": None}))


def test_all_problems_are_named_at_once() -> None:
    text = problems(shop_with(equipment__saw__unit=2, equipment__lathe__node=None, business="plc_b"))
    assert "'plc_b' is no OPC UA connection" in text
    assert "wash and saw have the same unit 2" in text
    assert "lathe needs its node" in text


def test_equipment_that_the_plant_does_not_have_is_named() -> None:
    text = problems(shop_with(equipment__mill={"connection": "plc_c"}))
    assert "the plant has no 'mill'; allowed: lathe, furnace, saw, wash, bench" in text
    assert "there is no connection 'plc_c'" in text


@pytest.mark.parametrize("host", ["192.0.2.7", "plc.example", "0.0.0.0"])
def test_without_security_only_loopback_is_allowed(host: str) -> None:
    assert "must be on loopback" in problems(shop_with(connections__plc_a__url=f"opc.tcp://{host}:4840/shop"))


def test_without_security_even_loopback_must_be_asked_for() -> None:
    assert "allow_anonymous_loopback" in problems(shop_with(connections__plc_a__allow_anonymous_loopback=False))


@pytest.mark.parametrize("host", ["192.0.2.7", "plc.example"])
def test_modbus_has_no_security_and_is_served_on_loopback_alone(host: str) -> None:
    elsewhere = shop_with(connections__plc_b__host=host)
    assert "Modbus has no security and is served on loopback alone" in problems(elsewhere, served=True)
    assert [wire.host for wire in wires_of(elsewhere)] == ["127.0.0.1", host]


def test_a_url_that_is_none_is_refused() -> None:
    assert "is no address of an OPC UA server" in problems(shop_with(connections__plc_a__url="http://127.0.0.1:4840"))


def test_a_port_past_the_last_is_refused() -> None:
    assert "allowed: 1 to 65535" in problems(virtual_shop(), port_offset=65_535)


def test_what_is_this_machine_is_known_by_its_address() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "10.0.0.1", "x")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip
