"""How one unit was built: components, operations with who and where, documents as they were in force, results; of its lot up to a split."""

from __future__ import annotations

import pytest

from tests.rooms.labour.clocked_shop import ClockedShop
from tests.rooms.labour.test_batch_record import BORE, GRIND, LOT, PLAN, sign_results
from tests.rooms.readiness.test_documents import B_TEXT, instruction
from tests.rooms.readiness.turning_shop import TurningShop
from tests.rooms.tracing.test_rejoining import between_operations
from twin.apps.pages.tracing.built_card import built_html
from twin.model.events import DocumentAcknowledged, DocumentReleased, TestResultRecorded
from twin.model.readiness.documents import digest_of
from twin.model.states import WorkUnitState as S


def a_batch() -> ClockedShop:
    """Five valves, bored, measured and ground by olga."""
    shop = ClockedShop(quality_plans={"bores": PLAN}).at(10)
    shop.on("olga", BORE)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE))
    shop.at(49).tell(shop.done("mill_1", BORE, 5))
    shop.tell(TestResultRecorded(effective_us=shop.now_us, lot=LOT, characteristic="bore", value=10.0, unit="mm", upper=10.1, passed=True))
    shop.at(60).on("olga", GRIND)
    shop.at(62).tell(shop._state("grinder_1", S.EXECUTE, GRIND))
    shop.at(80).tell(shop.done("grinder_1", GRIND, 5))
    return shop


def test_how_it_was_built_says_components_operations_documents_and_results() -> None:
    shop = a_batch()
    sign_results(shop, "olga", "quinn")
    found = shop.run.as_built(LOT)
    assert [(it["lot"], it["material"], it["quantity"], it["how"], it["into"], it["came"]) for it in found.components] == [
        ("C0", "CASTING", 5, "went into", LOT, "there at the start")
    ]
    assert [(it["operation"], it["equipment"], it["persons"], it["start"], it["end"]) for it in found.operations] == [
        ("10", "mill_1", ["olga (39 min)"], "2026-03-02 06:20", "2026-03-02 06:49"),
        ("20", "grinder_1", ["olga (20 min)"], "2026-03-02 07:02", "2026-03-02 07:20"),
    ]
    (result,) = found.results
    assert (result["lot"], result["found"], result["allowed"], result["verdict"]) == (LOT, [10.0], "9.9 to 10.1 mm", "passed")
    assert [len(it) for it in (found.components_table, found.operations_table, found.results_table)] == [1, 2, 1]
    assert "One of a lot of 5" in str(found)
    assert built_html(found).count("olga (") == 2
    assert shop.is_the_same_from_every_source(lambda run: run.as_built(LOT).summary())
    with pytest.raises(ValueError, match=f"did you mean '{LOT}'"):
        shop.run.as_built(f"{LOT}x")


def test_the_revision_that_was_in_force_is_said_whatever_is_in_force_now() -> None:
    shop = TurningShop(**instruction(B={"text": B_TEXT}))
    shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B")
    shop.order("A", 5).begins("mill_1", "A-VALVE/10", "bo")
    (operation,) = shop.run.as_built("A-VALVE").operations
    assert operation["documents"] == [f"WI-12 rev B ({digest_of(B_TEXT)[:12]})"]


def test_what_was_done_to_the_rest_of_a_lot_after_a_split_is_not_of_the_part() -> None:
    shop = between_operations()
    shop.say(DocumentReleased, person="ida", document="WI", revision="A")
    shop.now_us += 1_000_000
    shop.does("grinder_1", "A-VALVE/20", 3)
    shop.does("grinder_1", "A-VALVE.S1/20", 2)
    jobs = {lot: [it["job_order"] for it in shop.run.as_built(lot).operations] for lot in ("A-VALVE", "A-VALVE.S1")}
    assert jobs == {"A-VALVE": ["A-VALVE/10", "A-VALVE/20"], "A-VALVE.S1": ["A-VALVE/10", "A-VALVE.S1/20"]}
