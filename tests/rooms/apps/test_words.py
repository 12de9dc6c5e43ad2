"""What can be chosen from is told apart, whatever titles persons and equipment have."""

from __future__ import annotations

from tests.rooms.apps.hand_shop import hand_shop
from twin.apps.words import choices, equipment_choices, person_choices


def test_equal_titles_are_told_apart_by_their_ids() -> None:
    assert choices({"a1": "Anna", "a2": "Anna", "bo": "Bo", "cy": ""}) == {"Anna (a1)": "a1", "Anna (a2)": "a2", "Bo": "bo", "cy": "cy"}
    assert choices({"Anna": "", "a2": "Anna"}) == {"Anna": "Anna", "Anna (a2)": "a2"}
    plant = hand_shop()
    persons = {name: it.model_copy(update={"title": "Sam"}) for name, it in plant.layout.persons.items()}
    alike = plant.model_copy(update={"layout": plant.layout.model_copy(update={"persons": persons})})
    assert list(person_choices(alike).values()) == list(persons)
    assert list(equipment_choices(plant, plant.equipment).values()) == list(plant.equipment)
