"""What goes into a lot: what its bill asks for, one of the alternates that the bill declares, or all that an alternative bill asks for.

By rule the bill's own material is taken if there is enough of it for the whole lot, else the first declared alternate of which there is;
a lot takes one of them for a line, and no mixture. Where that is not enough, it is made by the first alternative bill for which all is
there. A person may say it of a lot that has not begun. What was promised to a lot when it
was sent to a work unit stays its own, whatever starts beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from twin.mes.tracking.lots import Lot
from twin.model.materials import Alternate, Each, alternates_of, needed, other_bills, unit_bill
from twin.model.plant import Plant

NO_BILL: Mapping[str, Each] = MappingProxyType({})
Line = tuple[str, Each, str, str]
"""A material, how much of it goes into one piece, in whose place (""; in nobody's), and by which alternative bill ("": by the own one)."""


class Issuing:
    """Bills, the choices that they leave, and what was chosen for each lot."""

    def __init__(self, plant: Plant) -> None:
        self._definitions = plant.materials.materials
        self.bills: dict[str, dict[str, Each]] = {}
        self.other_bills: dict[str, dict[str, dict[str, Each]]] = {}
        self.choices: dict[str, dict[str, list[tuple[Alternate, Each]]]] = {}
        for material in self._definitions:
            self.know(material)
        self._zone = ZoneInfo(plant.layout.time_zone)
        self.said: dict[str, dict[str, str]] = {}  # by lot: for which component which material, as a person has said
        self._lines: dict[str, tuple[Line, ...]] = {}  # by lot: what was promised to it, and goes into it from then on

    def know(self, material: str) -> None:
        """What goes into a material, as it is declared now."""
        self.bills[material] = unit_bill(self._definitions, material)
        if found := alternates_of(self._definitions, material):
            self.choices[material] = found
        if others := other_bills(self._definitions, material):
            self.other_bills[material] = others

    def bill(self, material: str, lot: str = "") -> Mapping[str, Each]:
        """What goes into one piece of a lot, as far as it is known for it; else what the bill asks for."""
        lines = self._lines.get(lot)
        return self.bills.get(material, NO_BILL) if lines is None else {name: each for name, each, _, _ in lines}

    def leaves_choice(self, material: str) -> bool:
        """Whether what goes into a lot of it is chosen when it starts."""
        return material in self.choices or material in self.other_bills

    def chosen(self, material: str, lot: str, quantity: int, at_us: int, free: Callable[[str], int]) -> tuple[tuple[Line, ...], str]:
        """What would go into so many pieces now; and what is missing for it, in words ("": nothing)."""
        day = datetime.fromtimestamp(at_us // 1_000_000, self._zone).date()
        wanted = self.said.get(lot, {}).get(material, "")
        own, missing = self._by_own_bill(material, lot, quantity, day, free)
        if not missing and wanted in ("", material):
            return own, ""
        for bill, each_of in self.other_bills.get(material, {}).items():
            if wanted not in ("", bill) or not (wanted or self._definitions[material].alternative_bills[bill].holds(day)):
                continue
            short = [f"{name}: {max(free(name), 0)} of {needed(each, quantity)} there" for name, each in each_of.items()
                     if free(name) < needed(each, quantity)]  # fmt: skip
            lines = tuple((name, each, "", bill) for name, each in each_of.items())
            if wanted or not short:
                return lines, ", ".join(short)
        return own, missing

    def _by_own_bill(
        self, material: str, lot: str, quantity: int, day: date, free: Callable[[str], int]
    ) -> tuple[tuple[Line, ...], str]:  # fmt: skip
        lines, missing, drawn = list[Line](), "", dict[str, int]()
        for component, each in self.bills.get(material, NO_BILL).items():
            options = self._options(material, component, each, lot, day)
            there = [free(name) - drawn.get(name, 0) for name, _, _, _ in options]
            place = next((n for n, (_, of_it, _, _) in enumerate(options) if there[n] >= needed(of_it, quantity)), -1)
            if place < 0 and not missing:
                short = (f"{it[0]}: {max(have, 0)} of {needed(it[1], quantity)} there" for it, have in zip(options, there, strict=True))
                missing = ", ".join(short)
            name, of_it, _, _ = line = options[max(place, 0)]
            lines.append(line)
            drawn[name] = drawn.get(name, 0) + needed(of_it, quantity)
        return tuple(lines), missing

    def _options(self, material: str, component: str, each: Each, lot: str, day: date) -> list[Line]:
        own: Line = (component, each, "", "")
        others: list[Line] = [
            (it.material, of_it, component, "") for it, of_it in self.choices.get(material, {}).get(component, ()) if it.holds(day)
        ]
        wanted = self.said.get(lot, {}).get(component)
        return [own, *others] if wanted is None else [it for it in (own, *others) if it[0] == wanted] or [own]

    def promise(self, material: str, lot: str, quantity: int, at_us: int, free: Callable[[str], int]) -> None:
        """A lot is sent to a work unit: what will go into it is fixed."""
        if self.leaves_choice(material):
            self._lines[lot], _ = self.chosen(material, lot, quantity, at_us, free)

    def begun(self, lot: Lot, at_us: int, free: Callable[[str], int]) -> tuple[Line, ...]:
        """What goes into a lot that is worked on for the first time, of which `billed` pieces are begun."""
        if not self.leaves_choice(lot.material):
            return tuple((name, each, "", "") for name, each in self.bills.get(lot.material, NO_BILL).items())
        if lot.lot not in self._lines:
            self._lines[lot.lot], _ = self.chosen(lot.material, lot.lot, lot.billed, at_us, free)
        return self._lines[lot.lot]

    def instead_of(self, lot: str, material: str) -> str:
        """In whose place a material goes into a lot; "": it is what the bill asks for."""
        return next((place for name, _, place, _ in self._lines.get(lot, ()) if name == material), "")

    def by_bill(self, lot: str) -> str:
        """The alternative bill by which a lot is made; "": its own."""
        return next((bill for _, _, _, bill in self._lines.get(lot, ())), "")

    def say(self, lot: str, component: str, material: str) -> None:
        """A person has said it; what was promised before is forgotten."""
        self.said.setdefault(lot, {})[component] = material
        self._lines.pop(lot, None)
