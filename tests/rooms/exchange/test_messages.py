"""The form of messages: what is right is read and written again, all that is wrong is said at once, with its path and what is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.exchange.said import message, request, schedule, text
from tests.rooms.labour.clocked_shop import ClockedShop
from tests.rooms.store.any_events import possible_event
from twin.model.events import MaterialActual, PersonnelActual, PersonnelActualCorrected
from twin.model.exchange.messages import message_schema, read_message
from twin.model.exchange.parts import Property, Value
from twin.model.exchange.performance import performance
from twin.model.exchange.properties import Told, properties_of, told_by
from twin.model.exchange.schedule import as_operations_event, told_by_event
from twin.model.problems import PlantFileError
from twin.model.states import WorkUnitState as S
from twin.model.trade.changes import Requested
from twin.store.exchange.taking import told_by_message
from twin.store.files import read_plant


@given(event=possible_event, sequence=st.integers(0, 99))
def test_any_event_is_told_and_heard_without_loss(event, sequence):
    told = Told(sequence=sequence, event=event)
    assert told_by(type(event).__name__, properties_of(told), {}) == told
    said = as_operations_event(told, "it")
    again = read_message(text(message("SyncOperationsEvent", "m", said.model_dump(by_alias=True, mode="json", exclude_defaults=True))))
    assert told_by_event(again.content[0]) == ([told], [])  # type: ignore[arg-type]


def an_event(kind: str, **properties: str) -> list[str]:
    """What is wrong with an event of a message with these properties."""
    own = [{"ID": name, "Value": {"ValueString": value}} for name, value in properties.items()]
    said = {
        "ID": "it",
        "OperationsEventDefinitionID": kind,
        "OperationsEventLevel": "Level4",
        "EffectiveTimeStamp": "2026-03-02T06:00:00Z",
        "OperationsEventProperty": own,
    }
    (content,) = read_message(text(message("SyncOperationsEvent", "m", said))).content
    return told_by_event(content)[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "properties", "words"),
    [
        ("GoodsShipped", {"Quantity": "-3"}, "'quantity' is -3; allowed: 0 to 100000000"),
        ("LotCreated", {"Quantity": str(10**15)}, "'quantity' is 1000000000000000; allowed: 0 to"),
        ("PeriodCloseRequested", {"UntilUs": str(2**62)}, f"'until_us' is {2**62}; allowed: -1 to"),
        ("ProductUnbuilt", {"Recovered": '[["A", "a", -1]]'}, "'recovered' is -1; allowed: 0 to"),
    ],
)
def test_a_number_that_no_plant_can_have_is_refused_in_words(kind: str, properties: dict[str, str], words: str):
    (wrong,) = an_event(kind, **properties)
    assert words in wrong


def test_what_another_asks_for_or_has_in_stock_has_the_same_bounds(root: Path):
    plant = read_plant(root / "plant_models/gearbox_shop")
    asked = schedule("m", request("R", "GB1", 10**12, "9999-06-01T06:00:00Z"))
    with pytest.raises(PlantFileError) as refused:
        told_by_message(read_message(text(asked)), plant, "mes", 0)
    assert [str(it).split("OperationsRequest/0: ")[1][:11] for it in refused.value.problems] == [
        "'due_us' is",
        "'quantity' ",
    ]
    lots = [{"ID": "L", "MaterialDefinitionID": "GB1", "Quantity": {"QuantityString": number}} for number in ("-1", str(10**12))]
    stock = message("SyncMaterialInformation", "m", {"ID": "s", "MaterialLot": lots})
    with pytest.raises(PlantFileError) as refused:
        told_by_message(read_message(text(stock)), plant, "mes", 0)
    assert ["'quantity' is" in str(it) for it in refused.value.problems] == [True, True]


def test_all_that_is_wrong_in_a_message_is_said_at_once_with_path_and_what_is_allowed():
    bad = schedule(
        "m", {**request("R", "GB1", 1, "noon"), "Prioritty": 1}, {"ID": "", "EndTime": "2026-03-04T06:00:00", "RequestState": "Relesed"}
    )
    bad["ProcessOperationsSchedule"]["ReleaseID"] = "V0600"
    with pytest.raises(PlantFileError) as refused:
        read_message(text(bad), "m.json")
    at = "m.json: ProcessOperationsSchedule/"
    requests = f"{at}DataArea/OperationsSchedule/0/OperationsRequest"
    keys = ("ID", "OperationsType", "StartTime", "EndTime", "Priority", "RequestState", "SegmentRequirement", "CustomerOrderID")
    assert sorted(map(str, refused.value.problems)) == sorted(
        [
            f"{requests}/0/EndTime: 'noon' is no instant; allowed: ISO 8601, as in 2026-03-02T06:00:00Z",
            f"{requests}/0/Prioritty: unknown key 'Prioritty' (did you mean 'Priority'?); allowed: {', '.join(keys)}",
            f"{requests}/1/EndTime: '2026-03-04T06:00:00' says no time zone; allowed: ISO 8601 with a zone, as in 2026-03-02T06:00:00Z",
            f"{requests}/1/ID: an empty text; allowed: at least one character",
            f"{requests}/1/RequestState: 'Relesed' is not known here (did you mean 'Released'?); allowed: Forecast, Released, Cancelled",
            f"{requests}/1/SegmentRequirement: 'SegmentRequirement' is missing; allowed: a value for it",
            f"{at}ReleaseID: 'V0600' is another release; allowed: V0700",
        ]
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "no JSON"),
        ("[" * 99_999, "no JSON"),
        ("[]", "no message"),
        (text(schedule("m", request("R", "GB1", 1, 10**30))), "lies outside of the calendar"),  # type: ignore[arg-type]
        (text(schedule("m", request("R", "GB1", 1, "0001-01-01T00:00:00+14:00"))), "lies outside of the calendar"),
        ('{"ProcessOperationSchedule": {}}', "did you mean 'ProcessOperationsSchedule'?"),
        ('{"ProcessOperationsSchedule": 1}', "no table"),
        ('{"ProcessOperationsSchedule": {"ApplicationArea": {}}}', "'BODID' is missing"),
        ('{"ProcessOperationsSchedule": {"ApplicationArea": {"BODID": "a"}}}', "at least one OperationsSchedule is needed here"),
        ('{"GetOperationsSchedule": {"ApplicationArea": {"BODID": "a"}, "DataArea": {"Gett": 1}}}', "did you mean 'Get'?"),
    ],
)
def test_what_is_no_message_is_refused_in_words(said: str, words: str):
    with pytest.raises(PlantFileError) as refused:
        read_message(said)
    assert words in str(refused.value)
    assert all(problem.allowed for problem in refused.value.problems)


@pytest.mark.parametrize("written", ["{}", "5", '[{"a": 1}]', "[[[1]]]", '"SKF"'])
def test_a_list_that_is_none_is_refused_in_words(written: str):
    value = Value(value_string=written, data_type="list")
    with pytest.raises(ValueError, match="is no list; allowed: a JSON list of texts and numbers"):
        told_by("MaintenancePerformed", [Property(id="SpareParts", value=value)], {"effective_us": 1})


def test_the_schema_takes_a_message_and_refuses_a_wrong_one():
    schema = message_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    good = schedule("m", request("R", "GB1", 3))
    jsonschema.validate(good, schema)
    assert read_message(text(good)).document() == json.loads(text(good))
    for bad in (schedule("m", {"ID": "R"}), message("GetOperationsSchedule", "m", {}), {"Nothing": {}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


def test_the_schema_in_the_docs_is_that_of_the_messages(root: Path):
    """After a change of the messages: `twin exchange` serves it at /b2mml/schema; write it there."""
    assert json.loads((root / "docs/schema/messages.schema.json").read_text()) == json.loads(json.dumps(message_schema()))


def test_a_performance_that_has_corrected_working_time_is_heard_as_it_was_told():
    shop = ClockedShop()
    shop.at(10).tell(shop._state("mill_1", S.EXECUTE, "A-VALVE.1/10"))
    shop.at(20).on("olga", "A-VALVE.1/10")
    shop.at(60).off("olga")
    assert shop.at(70).correct("olga", "A-VALVE.1/10", 20, 40) == ""
    said = read_message(json.dumps(shop.run.b2mml("performance")))
    heard = [it.event for it in told_by_message(said, shop.plant, "erp", shop.now_us)]
    told = [it.event for it in shop.run.journal.entries() if isinstance(it.event, PersonnelActual)]
    assert [it for it in heard if isinstance(it, PersonnelActual)] == told
    assert [type(it) for it in told] == [PersonnelActual, PersonnelActualCorrected]


def test_what_was_made_of_another_product_than_a_request_makes_is_refused_in_words():
    """Of a request that is known here, and of one that is not: then what is told of it first counts."""
    shop = ClockedShop()
    run = shop.run
    request = next(iter(run.erp.requests.requests.values()))
    other = next(name for name in shop.plant.materials.materials if name != request.material)
    at = {"effective_us": shop.now_us, "use": "Produced", "quantity": 1}
    told = [
        MaterialActual(**at, request=request.request, lot="L1", material=other),
        MaterialActual(**at, request="X", lot="L2", material=other),
        MaterialActual(**at, request="X", lot="L3", material=request.material),
        MaterialActual(**{**at, "use": "Consumed"}, request=request.request, lot="L4", material=other),
    ]  # fmt: skip
    said = performance([Told(sequence=n, event=it) for n, it in enumerate(told, start=1)], "p", "site", shop.now_us)
    document = read_message(
        text(message("SyncOperationsPerformance", "m", said.model_dump(by_alias=True, mode="json", exclude_defaults=True)))
    )
    about = {name: getattr(request, name) for name in ("request", "order", "material", "quantity", "due_us", "priority")}
    asked = Requested(**about, release_us=shop.now_us)
    with pytest.raises(PlantFileError) as refused:
        told_by_message(document, shop.plant, "erp", shop.now_us, known={request.request: asked})
    words = [str(it) for it in refused.value.problems]
    assert len(words) == 2
    assert f"of '{other}' for request '{request.request}', which makes '{request.material}'; allowed: '{request.material}'" in words[0]
    assert f"of '{request.material}' for request 'X', which makes '{other}'" in words[1]
