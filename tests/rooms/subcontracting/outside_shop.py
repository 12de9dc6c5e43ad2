"""A small shop that has a supplier plate its parts, to book by hand: facts as the MES tells them."""

from __future__ import annotations

from typing import Any

from tests.rooms.erp.small_shop import DAY_US, LAYOUT, START_US, Carried, balances, material_actual, plant, response
from twin.erp import Erp
from twin.model import events as e
from twin.model.plant import Plant
from twin.model.scenario import Policies


def day(number: int) -> int:
    return START_US + number * DAY_US


def outside_plant(service: dict[str, Any] | None = None, unit: dict[str, Any] | None = None, **more: dict[str, Any]) -> Plant:
    """One unit of a part (1.00) is plated by the supplier `plater` within three days."""
    layout = {
        **LAYOUT, "setups": {},
        "work_centers": {"outside": {"storage": "yard"}},
        "work_units": {"plater_1": {"equipment_class": "outside", "work_center": "outside"}},
        "process_segments": {"plating": {"work_center": "outside"}},
        "routings": {"unit": {"plate": {
            "segment": "plating", "run": "3 d", "per": "lot",
            "subcontract": {"supplier": "plater", "price": "4 EUR", **(service or {})},
        }}},
    }  # fmt: skip
    items = {
        "materials": {
            "part": {"kind": "purchased", "standard_cost": "1 EUR", "supplier": "mill", "reorder": {"point": 5, "quantity": 50}},
            "unit": {
                "kind": "finished", "price": "60 EUR", "planned_lead_time": "4 d", "bill": [{"material": "part", "quantity": 1}],
                **(unit or {}),
            },
            **more,
        },
        "suppliers": {"mill": {"lead_time": "1 d"}, "plater": {"lead_time": "3 d", "terms": {"due": "14 d"}}},
        "customers": {"acme": {}},
    }  # fmt: skip
    return plant(layout, items)


class OutsideShop(Carried):
    """Facts by hand, a day at a time."""

    def __init__(self, of: Plant, policies: dict[str, Any] | None = None, **opening: int) -> None:
        super().__init__(Erp(of, Policies.model_validate(policies or {})))
        self.start(**(opening or {"part": 100}))

    def ask(self, quantity: int, request: str = "R", on: int = 1) -> list[e.OperationsEvent]:
        """A request, cut into one lot with its job order."""
        asked = e.OperationsRequestReleased(effective_us=day(on), request=request, material="unit", quantity=quantity, due_us=day(on + 9))
        return self.round(asked, self._job(request, quantity, on))

    @staticmethod
    def _job(request: str, quantity: int, on: int) -> e.JobOrderCreated:
        return e.JobOrderCreated(
            effective_us=day(on), request=request, lot=request, job_order=f"{request}/plate", material="unit", operation="plate",
            quantity=quantity, due_us=day(on + 9),
        )  # fmt: skip

    def send(self, quantity: int, request: str = "R", on: int = 2, **lots: str) -> None:
        """The lot goes out, and so much of the part (or of `lots`: material and lot) with it."""
        started = e.JobOrderStarted(effective_us=day(on), request=request, lot=request, job_order=f"{request}/plate")
        taken = lots or {"part": "open-part"}
        self.round(started, *(
            material_actual(day(on), "Consumed", material, quantity, request=request, lot=lot, operation="plate")
            for material, lot in taken.items()
        ))  # fmt: skip

    def back(self, good: int, scrap: int = 0, request: str = "R", on: int = 5) -> list[e.OperationsEvent]:
        """The lot is back, and that was its last operation."""
        about = {"effective_us": day(on), "request": request, "lot": request, "job_order": f"{request}/plate"}
        facts: list[e.OperationsEvent] = [e.JobOrderCompleted(**about, good=good, scrap=scrap)]
        for use, quantity in (("Scrapped", scrap), ("Produced", good)):
            if quantity:
                facts.append(material_actual(day(on), use, "unit", quantity, request=request, operation="plate"))
        return self.round(*facts, response(day(on), request, "unit", good=good, scrap=scrap))

    def say(self, kind: type[e.OfficeEntry], on: int = 3, **about: Any) -> list[e.OperationsEvent]:
        return self.round(kind(effective_us=day(on), person="anna", terminal="office", **about))

    def balance(self, account: str) -> int:
        return balances(self.erp).get(account, 0)

    def posted(self, document: str) -> list[dict[str, int]]:
        return [dict(it.legs) for it in self.erp.ledger.entries if it.document == document]
