"""Each message is taken once and answered; a folder and an HTTP endpoint lead to the same desk."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.exchange.said import message, outcome, request, schedule, text
from twin.apps.exchange.endpoint import Endpoint
from twin.model.events import EquipmentStateChanged, Heartbeat, MessageReceived, OperationsRequestScheduled
from twin.model.exchange.messages import message_schema
from twin.model.plant import Plant
from twin.model.states import Source
from twin.results.exchange.desk import Desk
from twin.results.run import Run
from twin.store.exchange.drop_folder import DropFolder
from twin.store.journal import Journal, MemoryJournal, open_journal
from twin.store.live import WATERMARK


@pytest.fixture(scope="module")
def plant(root: Path) -> Plant:
    return twin.read_plant(root / "plant_models" / "gearbox_shop")


@pytest.fixture
def journal() -> Journal:
    return MemoryJournal()


def desk_of(plant: Plant, root: Path, journal: Journal, side: str = "mes") -> Desk:
    return Desk(plant, twin.read_scenario(root / "scenarios/gearbox_shop/baseline.yaml", plant), journal, side)


def scheduled(journal: Journal) -> list[str]:
    return [entry.event.request for entry in journal.entries() if isinstance(entry.event, OperationsRequestScheduled)]


def test_a_schedule_is_taken_once_and_the_same_again_changes_nothing(plant: Plant, root: Path, journal: Journal):
    desk, said = desk_of(plant, root, journal), text(schedule("erp/1", request("R1", "GB1", 5), request("R2", "GB1", 3)))
    answer, taken = desk.answer(said)
    assert taken
    assert outcome(answer) == ("AcknowledgeOperationsSchedule", "Accepted", ["facts taken: 2"])
    assert scheduled(journal) == ["R1", "R2"]
    before = len(journal)
    for asked in (desk, desk_of(plant, root, journal)):  # and after a restart
        answer, taken = asked.answer(said)
        assert taken
        assert outcome(answer)[1:] == ("Accepted", ["taken before; nothing has changed"])
    assert len(journal) == before


def test_another_message_under_an_id_that_was_taken_is_refused(plant: Plant, root: Path, journal: Journal):
    desk = desk_of(plant, root, journal)
    desk.answer(text(schedule("erp/1", request("R1", "GB1", 5))))
    answer, taken = desk.answer(text(schedule("erp/1", request("R1", "GB1", 6))))
    assert not taken
    name, code, reasons = outcome(answer)
    assert (name, code) == ("AcknowledgeOperationsSchedule", "Rejected")
    assert "a message 'erp/1' was taken before, and says another thing" in reasons[0]
    assert scheduled(journal) == ["R1"]


def test_what_cannot_be_made_here_is_refused_as_a_whole_with_every_reason(plant: Plant, root: Path, journal: Journal):
    desk = desk_of(plant, root, journal)
    answer, taken = desk.answer(text(schedule("erp/1", request("R1", "GB1", 5), request("R2", "nothing", 1), request("R1", "GB1", 0))))
    assert not taken
    assert len(journal) == 0
    reasons = outcome(answer)[2]
    for words in ("nothing here makes 'nothing'", "0 pieces", "request 'R1' stands here twice"):
        assert any(words in reason for reason in reasons)
    answer, taken = desk.answer(text(schedule("erp/1", request("R+1", "GB1", 5))))
    assert not taken
    assert "'R+1' has a '+', which joins ids here" in outcome(answer)[2][0]
    answer, taken = desk.answer(text(message("SyncOperationsPerformance", "mes/1", {"ID": "p"})))
    assert not taken
    assert "a plant whose MES is ours takes no OperationsPerformance" in outcome(answer)[2][0]


def started(start_us: int, journal: Journal) -> None:
    """A live plant whose bridge has begun."""
    for reason in ("start", WATERMARK):
        journal.append(Heartbeat(effective_us=start_us, reason=reason), source=Source.LIVE)


def followed(plant: Plant, journal: Journal, desk: Desk, until_us: int) -> Run:
    """The bridge's mark, and what `twin follow` makes of the journal up to then."""
    journal.append(Heartbeat(effective_us=until_us, reason=WATERMARK), source=Source.LIVE)
    stop = threading.Event()
    return twin.follow(plant, journal, desk.run.scenario, watch=lambda now_us: stop.set() if now_us >= until_us else None, stop=stop)


def test_our_mes_makes_what_another_erp_has_scheduled_as_it_was_told_last_and_nothing_else(plant: Plant, root: Path, journal: Journal):
    """By Process, Change, Cancel and RequestState; what is accepted is made so, what is refused stays, and the other ERP hears why."""
    desk = desk_of(plant, root, journal)
    start_us, hour_us = desk.run.scenario.start_us, 3_600_000_000
    started(start_us, journal)
    at_once, later = {"StartTime": "2026-03-02T05:00:00Z", "Priority": 7}, {"StartTime": "2026-03-03T05:00:00Z"}
    told = [request(name, "TR1", 5, **when) for name, when in (("R1", at_once), ("R2", at_once), ("R3", later), ("R4", later))]

    def said(document: dict[str, Any]) -> list[str]:
        """The reasons; of what was taken one, how many facts."""
        return outcome(desk.answer(text(document))[0])[2]

    assert said(schedule("erp/1", *told)) == ["facts taken: 4"]
    run = followed(plant, journal, desk, start_us + 2 * hour_us)
    assert {name: (it.quantity, it.priority) for name, it in run.mes.requests.items()} == {"R1": (5, 7), "R2": (5, 7)}
    again = [request("R1", "TR1", 8, **at_once), told[1], {**told[2], "RequestState": "Cancelled"}]
    assert said(schedule("erp/2", *again)) == ["facts taken: 2"], "R2 is wanted as before"
    otherwise = {"ID": "R4", "EndTime": "2026-03-09T06:00:00Z", "Priority": 3}
    assert said(message("ChangeOperationsSchedule", "erp/3", {"ID": "p", "OperationsRequest": [otherwise]})) == ["facts taken: 1"]
    nothing = message("CancelOperationsSchedule", "erp/4", {"ID": "p", "OperationsRequest": [{"ID": "R2"}]})
    assert said(nothing) == ["facts taken: 1"]
    run = followed(plant, journal, desk, start_us + 3 * hour_us)
    wanted = {name: (it.quantity, it.priority) for name, it in run.erp.requests.requests.items()}
    assert wanted == {"R1": (8, 7), "R2": (0, 7), "R3": (0, 0), "R4": (5, 3)}
    assert run.mes.requests["R1"].quantity == 8
    assert run.mes.requests["R2"].answered_us >= 0
    assert run.erp.requests.requests["R4"].release_us == start_us + 6 * 24 * hour_us
    shown = desk.show("schedule")["ShowOperationsSchedule"]["DataArea"]["OperationsSchedule"][0]["OperationsRequest"]
    assert [it.get("RequestState", "Released") for it in shown] == ["Released", "Cancelled", "Cancelled", "Released"]
    unit = run.mes.release.steps["TR1"]["10"].equipment[0]
    journal.append(EquipmentStateChanged(effective_us=run.now_us, equipment=unit, state=6, job_order="R1/10"), source=Source.LIVE)
    followed(plant, journal, desk, start_us + 4 * hour_us)
    refused = said(schedule("erp/5", request("R2", "TR1", 3), request("R1", "TR1", 2), {**told[3], "RequestState": "Cancelled"}))
    assert refused == [
        "request 'R1' stays as it is: 2 in all, and 5 of 8 have begun; allowed: 5 in all, and nothing more begins",
        "request 'R2' stays as it is: request 'R2' is finished, or was cancelled; allowed: one that is open",
    ]  # fmt: skip
    wrong = [request("R1", "GB1", 8), {**told[3], "RequestState": "Forecast"}, request("R9", "TR1", 1, RequestState="Cancelled")]
    assert [it.partition(": ")[2].partition(";")[0] for it in said(schedule("erp/6", *wrong))] == [
        "request 'R1' makes 'TR1', and not 'GB1'", "request 'R4' was asked for, and is no forecast any more",
        "nobody has told a request 'R9', so none is cancelled",
    ]  # fmt: skip
    sooner = message(
        "ChangeOperationsSchedule", "erp/8", {"ID": "p", "OperationsRequest": [{"ID": "R1", "StartTime": "2026-03-05T05:00:00Z"}]}
    )
    assert "was let go, and cannot be at another time" in said(sooner)[0]
    unknown = message("ChangeOperationsSchedule", "erp/7", {"ID": "p", "OperationsRequest": [{"ID": "R9"}]})
    assert "nobody has told a request 'R9'" in said(unknown)[0]
    assert len(scheduled(journal)) == 6, "of what was refused as a whole nothing is taken"


def test_what_is_asked_is_shown(plant: Plant, root: Path, journal: Journal):
    desk = desk_of(plant, root, journal)
    desk.answer(text(schedule("erp/1", request("R1", "GB1", 5))))
    others = {"ID": "p", "OperationsRequest": [{"ID": "R1", "CustomerOrderID": "C7"}]}
    answer, _ = desk.answer(text(message("ChangeOperationsSchedule", "erp/9", others)))
    assert outcome(answer)[2][0].partition(": ")[2] == (
        "request 'R1' is for no customer order, and not for 'C7'; allowed: CustomerOrderID left out, or another request"
    )
    answer, _ = desk.answer(text(message("GetOperationsSchedule", "erp/2")))
    (shown,) = answer["ShowOperationsSchedule"]["DataArea"]["OperationsSchedule"]
    assert [it["ID"] for it in shown["OperationsRequest"]] == ["R1"]
    answer, _ = desk.answer(text(message("GetPersonnelInformation", "erp/3")))
    (people,) = answer["ShowPersonnelInformation"]["DataArea"]["PersonnelInformation"]
    assert {it["ID"] for it in people["Person"]} == set(plant.layout.persons)


def test_a_journal_of_a_simulation_takes_no_message_and_says_so(plant: Plant, root: Path, journal: Journal):
    journal.append(Heartbeat(effective_us=0, reason="start"), source=Source.SIMULATED)
    answer, taken = desk_of(plant, root, journal).answer(text(schedule("erp/1", request("R1", "GB1", 5))))
    assert not taken
    assert "holds simulated facts" in outcome(answer)[2][0]


def told_state(at: str, **properties: str) -> str:
    said = [{"ID": name, "Value": {"ValueString": value}} for name, value in {"EquipmentID": "saw_1", **properties}.items()]
    return text(
        message(
            "ProcessOperationsEvent", "mes/1",
            {
                "ID": "e", "OperationsEventDefinitionID": "EquipmentStateChanged", "OperationsEventLevel": "Level2",
                "RecordAction": "Observed", "EffectiveTimeStamp": at, "OperationsEventProperty": said,
            },
        )
    )  # fmt: skip


def test_a_wrong_year_is_refused_and_the_hours_up_to_it_are_not_kept(plant: Plant, root: Path, journal: Journal):
    """Up to 2206 there are a million and a half of them, and nothing earlier would be heard in time any more."""
    desk = desk_of(plant, root, journal, "erp")
    answer, taken = desk.answer(told_state("2206-03-02T06:00:00Z", State="4"))
    assert not taken
    assert "it tells of 2206-03-02T06:00:00Z; allowed: up to ten years after 2026-03-02" in outcome(answer)[2][0]
    assert len(journal) == 0


@pytest.mark.parametrize("said", ["[" * 99_999, '{"a": ' * 99_999, text(schedule("\ud800", request("R1", "GB1", 0)))])
def test_whatever_comes_gets_an_answer(plant: Plant, root: Path, journal: Journal, said: str):
    """Or the folder's desk would end, and end again at each start over the same file."""
    answer, taken = desk_of(plant, root, journal).answer(said)
    assert not taken
    assert outcome(answer)[1] == "Rejected"
    json.dumps(answer).encode()


def test_messages_are_dropped_in_a_folder_and_answered_there(plant: Plant, root: Path, tmp_path: Path, journal: Journal):
    desk, drop = desk_of(plant, root, journal), DropFolder(tmp_path / "messages")
    (tmp_path / "messages/in/a.json").write_text(text(schedule("erp/1", request("R1", "GB1", 5))))
    (tmp_path / "messages/in/b.json").write_text("nonsense")
    for path, said in drop.waiting():
        answer, taken = desk.answer(said, path.name)
        drop.answer(path, answer, taken=taken)
    assert list(drop.waiting()) == []
    answers = {path.name: outcome(json.loads(path.read_text()))[1] for path in (tmp_path / "messages/out").glob("*.json")}
    assert answers == {"a.ack.json": "Accepted", "b.ack.json": "Rejected"}
    assert (tmp_path / "messages/taken/a.json").exists()
    assert (tmp_path / "messages/refused/b.json").exists()


def test_messages_are_posted_over_http_on_loopback(plant: Plant, root: Path, tmp_path: Path):
    journal = open_journal(tmp_path / "live.db")
    with Endpoint(desk_of(plant, root, journal), 0) as endpoint:

        def post(document: object) -> tuple[int, dict[str, object]]:
            asked = urllib.request.Request(endpoint.address, data=json.dumps(document).encode(), method="POST")
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    return answer.status, json.loads(answer.read())
            except urllib.error.HTTPError as refused:
                return refused.code, json.loads(refused.read())

        def get(what: str) -> dict[str, object]:
            with urllib.request.urlopen(f"{endpoint.address}/{what}", timeout=30) as answer:
                found: dict[str, object] = json.loads(answer.read())
            return found

        status, answer = post(schedule("erp/1", request("R1", "GB1", 5)))
        assert (status, outcome(answer)[1]) == (200, "Accepted")
        status, answer = post(schedule("erp/2", request("R2", "nothing", 5)))
        assert (status, outcome(answer)[1]) == (422, "Rejected")
        for path, data in (("", json.dumps(schedule("erp/3", request("R3", "GB1", 5))).encode()), ("/material", None)):
            asked = urllib.request.Request(endpoint.address + path, data, {"Content-Type": "text/plain", "Origin": "http://a.page"})
            with pytest.raises(urllib.error.HTTPError, match="403"):  # a page of anybody, in a browser of this machine
                urllib.request.urlopen(asked, timeout=30)
        assert get("schema") == json.loads(json.dumps(message_schema()))
        assert "ShowEquipmentInformation" in get("equipment")
    assert scheduled(journal) == ["R1"]
    assert [entry.event.message for entry in journal.entries() if isinstance(entry.event, MessageReceived)] == ["erp/1"]
    journal.close()
