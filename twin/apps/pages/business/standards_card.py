"""Standard costs: what is in force, and the form by which a person has them rolled up anew."""

from __future__ import annotations

from collections.abc import Callable

import panel_material_ui as pmui

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.speaking.answers import Answer, button, offer
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.readers import money_in
from twin.apps.theme import card
from twin.apps.words import exact, material_title
from twin.model.events import StandardRollUpRequested
from twin.results.views.business.month_end import StandardNow, standards_now

NOTE = (
    "Rolled up from what is expected of the month: prices, hourly costs, energy, bills. Stock and material in process are worth the new"
    " standards at once; the difference is stock revaluation. Who says it is chosen above."
)
ALL = "all, as the month expects"


class StandardsCard:
    """One viewer's; it is there where the plant declares standards."""

    def __init__(self, feed: Feed, speaker: Speaker, on_change: Callable[[], None]) -> None:
        self._feed, self._plant, self._speaker, self._on_change = feed, feed.run.plant, speaker, on_change
        currency = self._plant.layout.currency
        head = ("Material", "Of", *(f"{what}, {currency}" for what in ("Material", "Labour", "Machine", "Energy", "Standard", "In stock")))
        self._table = PagedTable("standards", head, self._row, numeric=(2, 3, 4, 5, 6, 7), on_change=on_change)
        self._which = pmui.Select(label="expect another price of", options={ALL: ""}, value="", width=260, size="small", margin=(6, 8))
        self._price = pmui.TextInput(label=f"price, as 3.20 {currency}", width=180, size="small", margin=(6, 8))
        self._answer = Answer()
        self._heading = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        form = pmui.FlexBox(self._which, self._price, button("Roll up standards", self._ask), align_items="center")
        self.card = card("Standard costs", self._heading, self._table.shown, form, self._answer.pane)

    def show(self) -> None:
        """Bring it up to date."""
        now = self._feed.look(standards_now)
        self.card.visible = now.is_declared
        if not now.is_declared:
            return
        when = "with each new month" if now.rolls_up == "monthly" else "when somebody asks for it"
        worth = f"new ones have made stock and work worth {exact(now.revalued_minor)} more"
        self._heading.object = f"Standards of {now.period}, rolled up {when}; {worth}. {NOTE}"
        self._table.show(now.standards, empty="Nothing has begun.")
        offer(self._which, {ALL: "", **{self._priced(it.material): it.material for it in now.standards if it.is_bought}})

    def _row(self, it: StandardNow) -> Row:
        amounts = (it.material_minor, it.labour_minor, it.machine_minor, it.energy_minor, it.total_minor, it.on_hand_minor)
        return Row(cells=(material_title(self._plant, it.material), f"{it.quantity:,} {it.unit}", *map(exact, amounts)), mark="")

    def _priced(self, material: str) -> str:
        """What a price is asked of: so many units of it."""
        it = self._feed.run.plant.materials.materials[material]
        return f"{it.price_per:,} {it.unit} of {material_title(self._plant, material)}"

    def _ask(self, _: object) -> None:
        material, written = str(self._which.value or ""), str(self._price.value_input or self._price.value or "").strip()
        try:
            price = money_in(self._plant.layout.currency, {"price": written}, "price") if material else 0
        except ValueError as error:
            self._answer.show(f"Refused: {error}", is_good=False)
            return
        done = (
            f"Standards are rolled up with {self._priced(material)} at {exact(price)} {self._plant.layout.currency}."
            if material
            else "Standards are rolled up."
        )
        self._speaker.say(StandardRollUpRequested, self._answer, done, self._on_change, material=material, unit_price_minor=price)
