"""A plan that copies of MES and ERP decide: they command the plant without chance, with all that they know and the rules in it do not.

Tools, maintenance that is asked for, steps before a start, stock on hold, the warehouse, the material plan: whatever keeps the MES from a
start, or the ERP from a shipment, keeps the schedule from it too, since it is they who decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twin.mes.equipment import SETUP_STATES
from twin.model.events import CalibrationPerformed, DocumentAcknowledged, LotDispositionChanged, OperationsEvent, ToolReconditioned
from twin.model.measures import read_duration
from twin.model.problems import listed
from twin.model.source import EventSource
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.scheduling.assumed.passed_tests import PassedTests
from twin.study.scheduling.persons import TERMINAL, Persons, somebody
from twin.study.scheduling.what_if import WhatIf

SHOWN = 5


def source_of(plant: CompiledPlant, run: Run, released_us: Mapping[str, int], what_if: WhatIf) -> EventSource:
    """The plant of a schedule, which `run`'s MES and ERP command, with the persons beside it."""
    now_us = run.now_us
    if sent := list(run.mes.commands.on_their_way.values()):
        plant.send(sent)  # what has not been answered is answered now
    if warehouse := warehouse_of(run):
        warehouse.moves_by_rule(True)
    if run.erp.packing:
        run.erp.packing.is_by_rule = True
    done_us = {name: now_us + max(1, read_duration(span)) for name, span in what_if.maintained.items()}
    return Persons(PassedTests(plant, run), run, now_us, list(said(run, released_us, what_if)), done_us)


def said(run: Run, released_us: Mapping[str, int], what_if: WhatIf) -> Iterator[OperationsEvent]:
    """What persons have promised, or are taken to do in time."""
    mes, now_us = run.mes, run.now_us
    for lot, at_us in released_us.items():
        material = mes.lots[lot].material if lot in mes.lots else ""
        yield LotDispositionChanged(effective_us=at_us, lot=lot, material=material, disposition="UnRestricted", reason="as planned")
    for name, it in mes.maintenance.calibrations.all.items():
        span = what_if.calibrated.get(name)
        at_us = now_us + max(1, read_duration(span)) if span is not None else it.due_us
        if span is not None or (not it.declared.equipment and it.is_usable(now_us)):
            person = somebody(run, it.declared.calibrated_by)
            yield CalibrationPerformed(effective_us=at_us, person=person, terminal=TERMINAL, calibration=name, is_passed=True)
    for tool, span in what_if.reconditioned.items():
        at_us = now_us + max(1, read_duration(span))
        yield ToolReconditioned(effective_us=at_us, person=somebody(run), terminal=TERMINAL, tool=tool)
    for name, document in mes.documents.documents.items():
        valid = document.valid_at(now_us)
        for coming in document.coming(now_us):
            for person in valid.acknowledged if valid else ():
                if person not in coming.acknowledged:
                    yield DocumentAcknowledged(
                        effective_us=now_us, person=person, terminal=TERMINAL, document=name, revision=coming.revision
                    )  # fmt: skip


def assumed(run: Run, what_if: WhatIf) -> Iterator[str]:
    """What is taken to hold of what persons do and nobody has supposed otherwise, in words."""
    layout, maintenance = run.plant.layout, run.mes.maintenance
    said = what_if.maintained.keys()
    asked = [it for it in maintenance.orders.values() if it.is_open and not it.by_plant and not said & {it.maintenance, it.plan}]
    if windows := [it.maintenance for it in asked if it.until_us >= 0]:
        yield f"maintenance that has a window ({listed(windows, SHOWN)}): taken to be done at its end, or once its equipment is free"
    begun = [it for it in asked if it.standing == "started" and it.until_us < 0]
    lasts = {it.maintenance: bool(it.declared and it.declared.lasts) for it in begun}
    if known := [name for name, is_known in lasts.items() if is_known]:
        yield f"maintenance that is under way ({listed(known, SHOWN)}): taken to last what its plan says"
    stays = [*(name for name, is_known in lasts.items() if not is_known), *(it.maintenance for it in asked if it.standing == "requested")]
    if stays:
        yield f"when other maintenance is done ({listed(stays, SHOWN)}): nobody has said, so it is not"
    if blocking := [name for name, it in maintenance.plans.items() if it.blocks and name not in said]:
        yield f"maintenance that becomes due ({listed(blocking, SHOWN)}): nobody does it, so its equipment stands once it is overdue"
    guided = {name: [step for one in it.contents.values() for step in one.steps.values()] for name, it in layout.procedures.items()}
    if steps := [name for name, its in guided.items() if any(step.before_start for step in its)]:
        yield f"steps before a start ({listed(steps, SHOWN)}): taken to be confirmed in time"
    if worn := [name for name, it in layout.tools.items() if it.life is not None]:
        yield f"tools that wear out ({listed(worn, SHOWN)}): nobody has said that one is as new again, so what is worn out stays so"
    if layout.warehouse:
        yield "what it takes to put away, to pick and to pack: taken to be no time"


def shipped_and_set_up_us(run: Run, now_us: int) -> tuple[dict[str, int], int]:
    """When each order has left, and how long equipment was set up from now on, in a run that was planned."""
    shipped = {
        it.order: it.shipped_us for it in run.erp.customer_orders.orders.values() if not it.open_quantity and it.shipped_us is not None
    }
    spans = [
        it for name in run.mes.equipment.records for it in run.mes.equipment.intervals(name, now_us, run.now_us) if it.state in SETUP_STATES
    ]
    return shipped, sum(max(0, it.end_us - max(now_us, it.start_us)) for it in spans)
