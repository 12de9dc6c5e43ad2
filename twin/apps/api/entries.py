"""Entries of the office as documents: each class that a program may say has an address and a model of its own, made from its fields.

What a field is called on the wire says its unit: an instant `due_us` is `due` with a zone, a duration `lead_time_us` is `lead_time_s`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, create_model
from pydantic import Field as About

from twin.apps.api.documents import instant_us
from twin.model import events as e
from twin.model.measures import MOST, US_PER_S
from twin.model.personnel.roles import ENTRIES, PACKING_ENTRIES, WAREHOUSE_ENTRIES
from twin.model.plant import Plant
from twin.model.readiness.earlier import MAY_BE_EARLIER, happened_at
from twin.model.readiness.opened import LARGEST


def _not_none(value: int) -> int:
    if not value:
        raise ValueError("0 is none of it; allowed: another number, or left out for all of it")
    return value


TERMINAL = "api"
_DURATIONS = ("lead_time_us", "period_us", "every_us")
_NOT_ASKED = ("effective_us", "recorded_us", "equipment", "request", "job_order", "person", "terminal", "entry_id")
_BELOW_ZERO = ((e.BillEntered, "quantity"), (e.PlanningParametersSet, "safety_stock"))
_ALL_IF_LEFT_OUT = (
    (e.PaymentOrdered, "amount_minor"),
    (e.DebtWrittenOff, "amount_minor"),
    (e.SetOffEntered, "amount_minor"),
    (e.BillEntered, "quantity"),
    (e.OverDeliveryDecided, "quantity"),
    (e.NonconformanceDispositioned, "quantity"),
)
"""Fields of which 0 in the event is all of it: so nothing is written for all of it, and 0 is refused."""
_NAMED_OTHERWISE: dict[type[e.Entry], tuple[str, ...]] = {e.EntryProposed: ("order", "material")}
"""What an entry had before `customer_order` and `product`, which are held against what there is; journals of then have it."""
_SAID_OF_ITSELF: dict[type[e.Entry], dict[str, Any]] = {e.PurchaseOrderClosed: {"all_lines": True}}
"""What journals of before have otherwise: an order of several lines was none that could be closed."""
_OF_ALARMS = (e.AlarmAccepted, e.AlarmReset, e.AlarmShelved, e.AlarmUnshelved)
_WITH_LOT = (
    e.GoodsReceiptEntered,
    e.OverDeliveryDecided,
    e.ReturnAccepted,
    e.ReceiptCorrectionEntered,
    e.UnbuildEntered,
    e.StockCountEntered,
    e.StockWrittenOff,
    e.SupplierStockCounted,
    e.Packed,
    e.NonconformanceRaised,
    e.LotHoldRequested,
    e.LotReleaseRequested,
    e.InspectionConcluded,
    e.InspectionOverruled,
    e.TestResultCorrected,
    e.LotSplitRequested,
    e.LotMergeRequested,
    e.LotExpedited,
    e.LotExpeditingEnded,
    e.AlternateChosen,
    *_OF_ALARMS,
    *WAREHOUSE_ENTRIES,
)
_OF_EQUIPMENT = (
    e.CountCorrected, e.StopReasonCorrected, e.UnitCommandGiven, e.MaintenanceRequested, e.PiecesCounted, e.SetupDone, e.StopReported,
    e.StopEnded, e.HelpCalled, e.HelpAnswered, e.JobOrderReassigned, *_OF_ALARMS,
    e.PersonReassigned, e.ProcessDeviationCleared, e.ProcessValueCorrected, e.ToolPlaced,
)  # fmt: skip
_OF_JOB_ORDER = (
    e.CountCorrected, e.StepConfirmed, e.StepCorrected, e.PhaseReported, e.PhaseCommandGiven, e.ClockedOn, e.ClockedOff,
    e.ClockingCorrected, e.ClockingEntered,
    e.PiecesCounted, e.SetupDone, e.JobOrderReassigned, e.ProcessValueCorrected, e.ResourceReserved, *_OF_ALARMS,
)  # fmt: skip
_OF_REQUEST = (e.UnbuildEntered, e.OperationsRequestChanged, e.OperationsRequestCancelled, e.RequestExpedited, *_OF_ALARMS)
_LONGEST_CONTENT = (LARGEST + 2) // 3 * 4  # as base64
_LONG: dict[tuple[type[e.Entry], str], Any] = {
    (e.DocumentReleased, "text"): Annotated[str, About(max_length=50_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")],
    (e.DocumentReleased, "content"): Annotated[str, About(max_length=_LONGEST_CONTENT, pattern=r"^[A-Za-z0-9+/=]*$")],
    (e.NonconformancePictured, "content"): Annotated[str, About(max_length=_LONGEST_CONTENT, pattern=r"^[A-Za-z0-9+/=]*$")],
    (e.BankStatementEntered, "booked"): Annotated[list[AwareDatetime], About(max_length=1000)],
}
"""The words of a document have lines; a file comes with its entry."""
_Text = Annotated[str, About(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
_Whole = Annotated[int, About(ge=0, le=MOST, strict=True)]
_Signed = Annotated[int, About(ge=-MOST, le=MOST, strict=True)]
_Some = Annotated[_Signed, AfterValidator(_not_none), About(json_schema_extra={"not": {"const": 0}})]
_TYPES: dict[str, Any] = {
    "str": _Text,
    "int": _Whole,
    "bool": bool,
    "float": Annotated[float, About(allow_inf_nan=False)],
    "tuple[int, ...]": Annotated[list[_Whole], About(max_length=100)],
    "float | None": Annotated[float, About(allow_inf_nan=False)] | None,
    "tuple[str, ...]": Annotated[list[_Text], About(max_length=100)],
    "tuple[tuple[str, int], ...]": Annotated[list[tuple[_Text, _Signed]], About(max_length=100)],
    "tuple[tuple[str, str], ...]": Annotated[list[tuple[_Text, _Text]], About(max_length=100)],
    "tuple[tuple[str, int, str], ...]": Annotated[list[tuple[_Text, _Signed, _Text]], About(max_length=100)],
    "tuple[tuple[str, str, int], ...]": Annotated[list[tuple[_Text, _Text, _Whole]], About(max_length=100)],
    "tuple[tuple[int, str, str], ...]": Annotated[list[tuple[_Signed, _Text, _Text]], About(max_length=1000)],
    "tuple[tuple[str, int, int], ...]": Annotated[list[tuple[_Text, _Signed, _Signed]], About(max_length=100)],
    "tuple[tuple[str, int, int, int], ...]": Annotated[list[tuple[_Text, _Whole, AwareDatetime, _Signed]], About(max_length=100)],
    "tuple[tuple[int, int], ...]": Annotated[list[tuple[_Whole, _Whole]], About(max_length=100)],
}


def entries_of(plant: Plant) -> dict[type[e.Entry], str]:
    """What a program may say about this plant."""
    declared = plant.layout.warehouse
    packing = PACKING_ENTRIES if declared and declared.packing else {}
    takes_commands = any(it.commands for it in plant.signals.equipment.values()) if plant.signals else False
    commands: dict[type[e.Entry], str] = {e.UnitCommandGiven: "production"} if takes_commands else {}
    if any(it.phases for it in plant.signals.equipment.values()) if plant.signals else False:
        commands[e.PhaseCommandGiven] = "production"
    return {**ENTRIES, **WAREHOUSE_ENTRIES, **packing, **commands} if declared else {**ENTRIES, **commands}


def address_of(kind: type[e.Entry]) -> str:
    """As in "/entries/quote-received"."""
    return "/entries/" + re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


BANK_STATEMENTS, LONGEST_STATEMENT = "/bank-statements", 2 * 1024 * 1024  # letters of base64: a thousand lines of camt.053
LONGER = {address_of(it): _LONGEST_CONTENT + 128 * 1024 for it in (e.DocumentReleased, e.NonconformancePictured)}
LONGER |= {BANK_STATEMENTS: LONGEST_STATEMENT + 1024}
"""Most bytes of a body, where that is more than elsewhere."""


def document_of(kind: type[e.Entry]) -> type[BaseModel]:
    """The model of what a program sends to say this."""
    left_out = {*_NOT_ASKED, *_NAMED_OTHERWISE.get(kind, ()), *_SAID_OF_ITSELF.get(kind, ()), *(() if kind in _WITH_LOT else ("lot",))} - {
        *(("request",) if kind in _OF_REQUEST else ()),
        *(("equipment",) if kind in _OF_EQUIPMENT else ()),
        *(("job_order",) if kind in _OF_JOB_ORDER else ()),
    }
    asked = [it for it in fields(kind) if it.name not in left_out]
    made: dict[str, Any] = {_wire_name(it.name): _wire_field(kind, it) for it in asked}
    if issubclass(kind, MAY_BE_EARLIER):
        made["happened"] = (AwareDatetime | None, None)
    return create_model(kind.__name__, __config__=ConfigDict(extra="forbid"), __doc__=kind.__doc__, **made)


def _wire_name(name: str) -> str:
    return f"{name[:-3]}_s" if name in _DURATIONS else name.removesuffix("_us")


def _wire_field(kind: type[e.Entry], it: Field[Any]) -> tuple[Any, Any]:
    """Type and default; an instant that may be missing is null."""
    is_needed = it.default is MISSING
    if it.name in _DURATIONS:
        return Annotated[int, About(ge=0, le=10**9, strict=True)], ... if is_needed else it.default
    if it.name.endswith("_us"):
        return (AwareDatetime, ...) if is_needed else (AwareDatetime | None, None)
    if (kind, it.name) in _ALL_IF_LEFT_OUT:
        return _Some | None, None
    if it.name.endswith("_minor") or (kind, it.name) in _BELOW_ZERO:  # a credit is below zero
        return _Signed, ... if is_needed else it.default
    return _LONG.get((kind, it.name), _TYPES[str(it.type)]), ... if is_needed else _listed(it.default)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def said_fields(asked: BaseModel) -> dict[str, Any]:
    """What a document says, by the names of the event's fields."""
    found: dict[str, Any] = {}
    for name, value in asked:
        if isinstance(value, datetime):
            found[f"{name}_us"] = instant_us(value)
        elif f"{name[:-2]}_us" in _DURATIONS:
            found[f"{name[:-2]}_us"] = value * US_PER_S
        elif value is not None:
            found[name] = _tupled(value)
    return found


def _tupled(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_us(value)
    return tuple(map(_tupled, value)) if isinstance(value, list | tuple) else value


def entry_said(kind: type[e.Entry], asked: BaseModel, person: str, entry_id: str) -> Callable[[int], e.Entry]:
    """Makes the entry of the instant at which it is taken; the ERP says whether it is accepted."""

    def made(at_us: int) -> e.Entry:
        said = said_fields(asked)
        happened_us = said.pop("happened_us", None) if issubclass(kind, MAY_BE_EARLIER) else None
        entry = kind(effective_us=at_us, person=person, terminal=TERMINAL, entry_id=entry_id, **said, **_SAID_OF_ITSELF.get(kind, {}))
        return entry if happened_us is None else happened_at(entry, happened_us, at_us)

    return made
