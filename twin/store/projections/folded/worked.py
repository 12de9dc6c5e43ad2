"""inspection, inspection_value, nonconformance, lot_hold, clocking, maintenance_order: what the floor says of quality, persons, upkeep."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, measured, perhaps_at, place, text, whole

INSPECTION = Table(
    "inspection",
    METADATA,
    key("quality_plan", "quality plan"),
    key("lot", "lot that is inspected"),
    text("material", "material of the lot"),
    text("request", "operations request; empty where none"),
    at("asked", "when it was asked for"),
    text("verdict", "passed or failed, as the plan calls it; empty before"),
    perhaps_at("judged", "when it was judged"),
    text("judged_by", "person; empty where a rule has judged"),
    text("reason", "why"),
    comment="The newest inspection of each lot by each plan.",
)

INSPECTION_VALUE = Table(
    "inspection_value",
    METADATA,
    key("quality_plan", "quality plan"),
    key("lot", "lot that is inspected"),
    key("characteristic", "what was measured"),
    place("piece", "which piece, from 1"),
    measured("measured_value", "in the unit of the characteristic; of what is counted, the number found"),
    comment="What was measured in the newest inspection of each lot.",
)

NONCONFORMANCE = Table(
    "nonconformance",
    METADATA,
    key("nonconformance", "id"),
    text("lot", "lot that does not conform"),
    text("material", "material of the lot"),
    whole("quantity", "how much, smallest unit of the material"),
    text("description", "what is wrong"),
    text("characteristic", "characteristic that is wrong; empty where none is meant"),
    text("defect_code", "which defect, as the plant declares them; empty where nobody has said"),
    text("status", "raised, contained, dispositioned or closed"),
    at("raised", "when it was raised"),
    text("raised_by", "person; empty where a rule has raised it"),
    perhaps_at("contained", "when it was contained"),
    text("disposition", "use as is, rework, scrap or return; empty before"),
    perhaps_at("disposition", "when that was decided"),
    text("reason", "why so"),
    perhaps_at("closed", "when it was closed"),
    comment="What did not conform, and what was decided about it.",
)

LOT_HOLD = Table(
    "lot_hold",
    METADATA,
    key("lot", "lot that neither goes on nor ships"),
    key("held_by", "what holds it"),
    text("reason", "why, in words"),
    at("since", "since when the lot is held"),
    comment="Lots that are held now, reason by reason.",
)

CLOCKING = Table(
    "clocking",
    METADATA,
    key("person", "who has clocked"),
    place("clocking_number", "in the order of their beginning, from 1"),
    text("job_order", "job order that was worked on; empty at an activity"),
    text("activity", "activity, as a break; empty at a job order"),
    whole("time_share", "its share where several are worked on at once"),
    at("clocked_on", "from when"),
    perhaps_at("clocked_off", "until when"),
    whole("correction_count", "how often it was corrected"),
    text("terminal", "where it was entered"),
    comment="What each person has clocked.",
)

MAINTENANCE_ORDER = Table(
    "maintenance_order",
    METADATA,
    key("maintenance", "id"),
    text("equipment", "what is maintained"),
    text("category", "planned, condition or corrective"),
    text("description", "what is to be done"),
    text("maintenance_plan", "plan that has asked for it; empty where none"),
    text("status", "requested, scheduled, started, done or cancelled"),
    perhaps_at("requested", "when it was asked for"),
    text("requested_by", "person; empty where a plan has asked for it"),
    perhaps_at("due", "when it is due"),
    perhaps_at("started", "when it was begun"),
    text("started_by", "who has begun it"),
    perhaps_at("ended", "when it was done or cancelled"),
    text("ended_by", "who has ended it"),
    text("words", "what was done, or why not"),
    comment="Maintenance that was asked for, from the request to the last word.",
)

WORKED = (INSPECTION, INSPECTION_VALUE, NONCONFORMANCE, LOT_HOLD, CLOCKING, MAINTENANCE_ORDER)
