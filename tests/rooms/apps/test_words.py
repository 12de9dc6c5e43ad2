"""What can be chosen from is told apart, whatever titles persons and equipment have."""

from __future__ import annotations

from tests.rooms.apps.hand_shop import hand_shop
from twin.apps.speaking.naming import dated, in_plant_time
from twin.apps.words import choices, equipment_choices, person_choices, with_titles


def test_equal_titles_are_told_apart_by_their_ids() -> None:
    assert choices({"a1": "Anna", "a2": "Anna", "bo": "Bo", "cy": ""}) == {"Anna (a1)": "a1", "Anna (a2)": "a2", "Bo": "bo", "cy": "cy"}
    assert choices({"Anna": "", "a2": "Anna"}) == {"Anna": "Anna", "Anna (a2)": "a2"}
    plant = hand_shop()
    persons = {name: it.model_copy(update={"title": "Sam"}) for name, it in plant.layout.persons.items()}
    alike = plant.model_copy(update={"layout": plant.layout.model_copy(update={"persons": persons})})
    assert list(person_choices(alike).values()) == list(persons)
    assert list(equipment_choices(plant, plant.equipment).values()) == list(plant.equipment)


def test_a_sentence_of_ids_is_written_with_titles_and_what_only_begins_like_one_stays() -> None:
    plant = hand_shop()
    units = {name: it.model_copy(update={"title": name.replace("_", " ").title()}) for name, it in plant.layout.work_units.items()}
    titled = plant.model_copy(update={"layout": plant.layout.model_copy(update={"work_units": units})})
    assert with_titles(titled, "most for: boring (mill_1) busy, mill_1: rust, PO-mill_1-2") == (
        "most for: boring (Mill 1) busy, Mill 1: rust, PO-mill_1-2"
    )


def test_a_refusal_on_a_page_tells_instants_in_the_time_of_the_plant_and_no_day_in_the_place_of_another() -> None:
    """The journal and programs have UTC; the day of an example is none once it stands in an instant."""
    layout = hand_shop().layout.model_copy(update={"time_zone": "Europe/Prague"})
    plant = hand_shop().model_copy(update={"layout": layout})
    told = in_plant_time(plant, 1_775_000_000_000_000, "it is of 2025-12-31T23:30:00Z, and the books begin 2026-03-02T05:00:00Z")
    assert told == "it is of Thu 1 Jan, 00:30, and the books begin Mon 2 Mar, 06:00"
    assert dated(plant, 1_775_000_000_000_000, told) == told
    assert in_plant_time(plant, 1_810_000_000_000_000, "so it was 2026-07-02T05:00:00Z") == "so it was Thu 2 Jul 2026, 07:00"
