"""A small plant that is right in every way, as text, for tests that put one thing wrong."""

from __future__ import annotations

from pathlib import Path

from twin.store.files import check_paths

PLANT = """\
plant: small
title: A small plant
currency: EUR
time_zone: Europe/Berlin
energy_tariff: 0.22 EUR/kWh
calendars:
  day:
    shifts:
      early: {days: [mon, tue, wed, thu, fri], start: 06:00, end: 14:00, breaks: [{start: 09:00, end: 09:15}]}
      late: {days: [mon, tue], start: 14:00, end: 22:00}
    holidays: [2026-12-25]
  night:
    shifts:
      night: {days: [sun], start: 22:00, end: 06:00}
storage_units:
  yard: {}
  shelf: {capacity: 4}
work_centers:
  sawing: {storage: yard}
  baking: {storage: shelf}
  filling: {storage: shelf}
work_units:
  saw_1:
    equipment_class: saw
    work_center: sawing
    calendar: day
    hourly_cost: 20 EUR/h
    power: {idle: 1 kW, execute: 4.5 kW}
    failures:
      - {reason: jam, time_to_failure: {exponential: 20 h}, repair: 5 min, crew: fitters}
  oven_1:
    equipment_class: oven
    work_center: baking
    batch: {minimum: 2, maximum: 4, wait: 1 h}
production_lines:
  line_1:
    work_center: filling
    stations:
      filler: {cycle: {triangular: {low: 2 s, mode: 3 s, high: 5 s}}, buffer_after: 3}
      capper: {cycle: 3 s}
repair_crews:
  fitters: {size: 1}
setups:
  saw:
    default: 10 min
    initial: round
    matrix:
      round: {flat: 5 min}
personnel_classes:
  sawyer: {}
persons:
  ada: {classes: [sawyer], calendar: day, hourly_cost: 40 EUR/h}
process_segments:
  cut: {work_center: sawing, equipment_class: saw, personnel_class: sawyer}
  bake: {work_center: baking}
  fill: {work_center: filling}
routings:
  blank:
    cut: {segment: cut, run: {lognormal: {mean: 4 min, sd: 1 min}}, setup_family: round, scrap: 0.02}
  cake:
    cut: {segment: cut, run: 3 min, setup_family: flat}
    bake: {segment: bake, run: 2 h, per: lot, setup_family: hot, rework: 0.1, rework_to: cut}
    fill: {segment: fill}
"""

ITEMS = """\
materials:
  flour: {kind: purchased, unit: g, standard_cost: 0.90 EUR, price_per: 1000, supplier: miller, reorder: {point: 5000, quantity: 50000}}
  blank: {kind: made, lot_size: 10, bill: [{material: flour, quantity: 200}]}
  cake:
    kind: finished
    price: 12.50 EUR
    bill:
      - {material: blank, quantity: 2}
      - {material: flour, quantity: 20}
suppliers:
  miller: {lead_time: {uniform: {low: 1 d, high: 2 d}}}
customers:
  cafe: {title: Café}
"""

SIGNALS = """\
connections:
  plc_a: {driver: opcua, url: "opc.tcp://127.0.0.1:4840", namespace: urn:small, security: none, allow_anonymous_loopback: true}
  plc_b: {driver: modbus, host: 127.0.0.1, port: 5020}
business: plc_a
equipment:
  saw_1: {connection: plc_b, unit: 1}
  oven_1: {connection: plc_a, node: oven_1}
"""

SCENARIO = """\
title: A week
plant: small
start: 2026-03-02T06:00:00+01:00
horizon: 7 d
policies:
  dispatch: edd
  dispatch_by_center: {sawing: fifo}
demand:
  orders:
    - {order: SO-1, customer: cafe, material: cake, quantity: 5, at: 1 h, due: 2 d}
  streams:
    weekly: {customer: cafe, material: cake, interval: {exponential: 1 d}, quantity: [1, 2, 3], promise: 3 d}
disturbances:
  - {equipment: oven_1, at: 1 d, lasts: 3 h, reason: no_gas}
changes:
  work_units.saw_1.hourly_cost: 25 EUR/h
  routings.cake.fill.transport: 5 min
work_in_process:
  W-1: {material: cake, quantity: 4, operation: bake, due: 1 d}
"""

FILES = {"plant.yaml": PLANT, "items.yaml": ITEMS, "signals.yaml": SIGNALS}


def write_plant(folder: Path, **texts: str | bytes | None) -> Path:
    """Write the small plant into `folder`, with other texts for plant, items or signals; None leaves a file out."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, right in FILES.items():
        text = texts.get(file.removesuffix(".yaml"), right)
        if text is not None:
            (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def put(text: str, old: str, new: str) -> str:
    """The text with `old`, which stands in it once, replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def problems_with(folder: Path, file: str, *slips: tuple[str, str]) -> list[str]:
    """What `twin check` says of the small plant and its scenario, in files without their folders, after the slips in one of them.

    Each slip is a text that stands once in the file ("plant", "items", "signals" or "scenario"), and what is written instead.
    """
    text = SCENARIO if file == "scenario" else FILES[f"{file}.yaml"]
    for old, new in slips:
        text = put(text, old, new)
    plant, scenario = folder / "plant_models" / "small", folder / "scenarios" / "small" / "scenario.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text(text if file == "scenario" else SCENARIO, encoding="utf-8")
    write_plant(plant, **({} if file == "scenario" else {file: text}))
    problems = check_paths([scenario] if file == "scenario" else [plant])
    return [str(problem).replace(f"{problem.file}:", f"{Path(problem.file).name}:", 1) for problem in problems]
