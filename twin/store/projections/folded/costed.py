"""request_cost, standard_cost: what each request has cost by element, and why more than planned; what every material should cost."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, perhaps_at, text, whole

REQUEST_COST = Table(
    "request_cost",
    METADATA,
    key("request", "operations request"),
    text("order_id", "customer order that it is for; empty where none"),
    text("parent", "request that its product goes into; empty where none"),
    text("material", "what it makes"),
    text("status", "planned, released or closed"),
    whole("quantity", "how much of it is asked for, smallest unit of the material"),
    whole("produced", "how much good came of it"),
    whole("scrapped", "how much was lost"),
    at("due", "when it is due"),
    perhaps_at("released", "when the floor was asked for it"),
    perhaps_at("closed", "when it was finished"),
    whole("labour_us", "time of persons, microseconds"),
    whole("material_minor", "material that it has taken, minor units"),
    whole("labour_minor", "time of persons, minor units"),
    whole("machine_minor", "time of machines, minor units"),
    whole("energy_minor", "energy, minor units"),
    whole("overhead_minor", "overheads that it bears, minor units"),
    whole("service_minor", "work of suppliers, minor units"),
    whole("produced_minor", "what its product was booked at, minor units"),
    whole("scrap_minor", "what was booked as lost, minor units"),
    whole("wip_minor", "work in progress: cost less what was given out, while it is open, minor units"),
    whole("variance_minor", "that difference once it is closed: dearer than planned is above zero; the parts below sum to it"),
    whole("material_price_minor", "of the variance: material at another price than its standard"),
    whole("material_usage_minor", "of the variance: more or less material than planned"),
    whole("material_mix_minor", "of the variance: another mix of components that can stand in for one another"),
    whole("material_yield_minor", "of the variance: more or less put in of such components than what came of them should take"),
    whole("material_substitution_minor", "of the variance: alternates that the floor has issued"),
    whole("labour_rate_minor", "of the variance: persons of another hourly cost"),
    whole("labour_efficiency_minor", "of the variance: more or less time of persons"),
    whole("machine_rate_minor", "of the variance: equipment of another hourly cost"),
    whole("machine_efficiency_minor", "of the variance: more or less time of machines"),
    whole("energy_price_minor", "of the variance: energy at another price"),
    whole("energy_usage_minor", "of the variance: more or less energy"),
    whole("overhead_efficiency_minor", "of the variance: overheads borne by more or less time"),
    whole("lot_size_minor", "of the variance: set-ups, and run times of whole lots, of lots of another size than the costing lot"),
    whole("subcontracting_minor", "of the variance: work of suppliers at another price"),
    whole("borne_by_output_minor", "of the variance: what of these is in the worth of what was made at what it has cost, below zero"),
    whole("rounding_minor", "of the variance: odd cents"),
    comment="What every request has cost, by element, and how that differs from what was planned.",
)

STANDARD_COST = Table(
    "standard_cost",
    METADATA,
    key("material", "what it is of"),
    whole("quantity", "how much of it costs so much, smallest unit of the material"),
    whole("material_minor", "components and purchase, minor units"),
    whole("labour_minor", "time of persons, minor units"),
    whole("machine_minor", "time of machines, minor units"),
    whole("energy_minor", "energy, minor units"),
    whole("total_minor", "all of it, minor units"),
    at("released", "since when it is in force"),
    comment="Standard costs in force, rolled up over bills and routings.",
)

VARIANCE_MONTH = Table(
    "variance_month",
    METADATA,
    key("month", "month of the plant in which it was posted, as in 2026-03"),
    key("kind", "purchase price, material usage, labour rate, lot size, overhead volume, labour not absorbed, among others"),
    key("order_id", "purchase order or customer order that it is of; empty where none"),
    key("request", "request that it is of; empty where none"),
    key("overhead", "overhead that it is of; empty where none"),
    key("material", "what was bought or made; empty where none"),
    whole("amount_minor", "dearer than planned is above zero, minor units"),
    comment="Every variance by month and kind: of a month they add up to what was posted on its accounts.",
)

COSTED = (REQUEST_COST, STANDARD_COST, VARIANCE_MONTH)
