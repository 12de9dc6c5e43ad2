"""The forms of terminals, as plain values that `floor_forms.js` draws as large buttons: what there is to choose from, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from twin.apps.words import equipment_choices, equipment_title, material_title, person_titles, reason_words
from twin.mes.quality.entries import MEANINGS
from twin.mes.quality.nonconformances import DISPOSITIONS, CorrectiveAction
from twin.model.personnel.labour import BREAK
from twin.results.readiness.at_hand import FloorAtHand, QualityAtHand, StepHere, floor_at_hand, quality_at_hand
from twin.results.run import Run
from twin.results.views.overview import local_time

Form = dict[str, Any]
STORE = "the tool store"
SHOWN_TO_CORRECT = 12
NO_NUMBER = {
    "whole": "a whole number, as in 5",
    "number": "a number, as in 4.5",
    "money": "an amount, as in 12.50 or 1,250.00",
    "numbers": "whole numbers, as in 2, 1",
}


def floor_forms(run: Run, center: str = "") -> list[Form]:
    """Groups of forms for a work center, or ("") for all of them. Called with the run's lock."""
    at_hand = floor_at_hand(run, center)
    groups = [_people(run, at_hand)] if run.plant.layout.persons else []
    groups += [_guided(at_hand)] if at_hand.steps or at_hand.confirmed else []
    groups += [_phases(at_hand)] if at_hand.phases else []
    groups += [_tools(run, at_hand, center)] if at_hand.tools else []
    groups += [process_group(run, center)] if run.plant.layout.procedures else []
    return [*groups, _corrections(run, center), _lots(run, at_hand), _batches(at_hand)]


def _people(run: Run, now: FloorAtHand) -> Form:
    plant, rules = run.plant, run.plant.layout.labour
    activities = {it.title or name: name for name, it in rules.indirect.items()} | {BREAK: BREAK}
    titles = {name: title for title, name in activities.items()}
    at = [(it, f"{titles.get(it.what, it.what)} since {local_time(plant, it.on_us)}") for it in now.clocked]
    off = [option("everything", "")] + [option(words, it.what, person=it.person) for it, words in at]
    jobs = several("job_order", "Job orders", {name: name for name in now.jobs})
    corrected = [
        option(f"{person_titles(plant, it.person)}: {words}", f"{it.person}|{it.on_us}|{it.what}", not_person=it.person) for it, words in at
    ]
    return group(
        "people", "People", [f"{person_titles(plant, it.person)} works on {words}" for it, words in at] or ["Nobody is clocked on."],
        form("ClockedOn", "Clock on", jobs, ask("shares", "Shares, if not equal", "numbers", needed=False), mark="go"),
        form("ClockedOn", "Other work, or a break", choice("activity", "What", activities), send="Clock on to it"),
        form("ClockedOff", "Clock off", choose("what", "From", off)),
        form(
            "ClockingCorrected", "Correct a clocking", choose("clocking", "Whose", corrected, none="Nobody else is clocked on."),
            ask("ended", "Ended at, as in 2026-03-02 14:00", "text"), ask("reason", "Reason", "text"), send="Correct it",
        ),
    )  # fmt: skip


def _guided(now: FloorAtHand) -> Form:
    rows = [
        {"id": f"{it.job_order}/{it.step}", "title": f"{it.job_order} · step {it.place} of {it.count}", "text": it.declared.text,
         "forms": _answers(it)}
        for it in now.steps
    ]  # fmt: skip
    return {**group("guided", "Guided work", [], *(_steps_again(now) if now.confirmed else ())), "rows": rows}


def _steps_again(now: FloorAtHand) -> list[Form]:
    """What was confirmed, and was not so: another value or words, or that it is not done after all."""
    said = {f"{job}, {it.step}: {it.said} ({it.person})": (f"{job}|{it.step}", step.asks) for job, step, it in now.confirmed}
    valued = {title: value for title, (value, asks) in said.items() if asks in ("value", "words")}
    of = choice("confirmed", "Which step", {title: value for title, (value, _) in said.items()})
    again = form(
        "StepCorrected", "Correct a step", choice("confirmed", "Which step", valued), ask("answer", "Value", "number", needed=False),
        ask("words", "Words", "text", needed=False), ask("reason", "Reason", "text"), send="Correct it",
    )  # fmt: skip
    undone = form("StepCorrected", "A step is not done", of, ask("reason", "Reason", "text"), values={"is_undone": "yes"}, mark="bad")
    return [*([again] if valued else []), undone]


def _phases(now: FloorAtHand) -> Form:
    """Phases of which no controller tells: a person says what is done of each."""
    can = {f"{job}: {change} {phase.replace('/', ' / ')}": f"{job}|{change}|{phase}" for job, phase, change in now.phases}
    said = form(
        "PhaseReported", "Say of a phase", choice("phase", "What", can), ask("reason", "Reason of a hold", "text", needed=False),
        send="It is so", mark="go",
    )  # fmt: skip
    return group("phases", "Phases", [], said)


def _answers(it: StepHere) -> list[Form]:
    said, label = {"job_order": it.job_order, "step": it.step}, f"Step {it.step} of {it.job_order}"
    match it.declared.asks:
        case "yes":
            return [
                form("StepConfirmed", "Yes", values={**said, "answer": "1"}, mark="go", label=label),
                form("StepConfirmed", "No", values={**said, "answer": "0"}, mark="bad", label=label),
            ]
        case "value":
            asked = f"{it.declared.unit or 'Value'}, allowed {it.declared.asked}"
            return [form("StepConfirmed", "Enter", ask("answer", asked, "number"), values=said, send="Confirm", label=label)]
        case "words":
            return [form("StepConfirmed", "Write", ask("words", "In words", "text"), values=said, send="Confirm", label=label)]
    return [form("StepConfirmed", "Done", values=said, mark="go", label=label)]


def _tools(run: Run, now: FloorAtHand, center: str) -> Form:
    plant, units = run.plant, [name for name, it in run.mes.equipment.records.items() if it.is_scheduled]
    here = equipment_choices(plant, [name for name in units if center in ("", run.mes.equipment.records[name].work_center)])
    notes = [
        f"{it.tool}: {it.place or STORE}, {it.used}{f' of {it.life}' if it.life else ''} pieces{', worn out' if it.is_worn else ''}"
        for it in now.tools
    ]
    tools, places = {it.tool: it.tool for it in now.tools}, {**here, STORE: ""}
    return group(
        "tools", "Tools", notes,
        form("ToolPlaced", "Mount a tool", choice("tool", "Tool", tools), choice("equipment", "On", places), send="It is there"),
        form("ToolReconditioned", "Tool is as new", choice("tool", "Tool", tools), ask("reason", "What was done", "text", needed=False)),
    )  # fmt: skip


def process_group(run: Run, center: str = "") -> Form:
    """What is held for a process value, and what was done about it, at `center` ("": anywhere)."""
    plant, records = run.plant, run.mes.equipment.records
    held = {
        unit: it for unit, it in run.mes.process.held.items() if center == "" or (unit in records and records[unit].work_center == center)
    }
    notes = [
        f"{equipment_title(plant, unit)} is held: {it.parameter} was {it.value:.4g} at {local_time(plant, it.effective_us)};"
        f" allowed: {it.asked}"
        for unit, it in held.items()
    ]
    return group(
        "process", "Process values", notes or ["Nothing is held for a process value."],
        form(
            "ProcessDeviationCleared", "It is in order again",
            choice("equipment", "Held", equipment_choices(plant, held), none="Nothing is held for a process value."),
            ask("reason", "What was done", "text"), send="It goes on", mark="go",
        ),
    )  # fmt: skip


def _corrections(run: Run, center: str) -> Form:
    """What was counted, and was wrong; why something stood: whoever has reported it, a person or a machine."""
    return group("corrections", "Said wrong", [], _count_again(run, center), _stop_again(run, center))


def _count_again(run: Run, center: str) -> Form:
    plant, reasons = run.plant, run.plant.layout.reasons
    counts = {
        f"{it.job_order}, {local_time(plant, it.at_us)}: {it.good} good, {it.scrap} scrap, {it.rework} rework": (
            f"{unit}|{it.job_order}|{it.at_us}"
        )
        for unit, it in run.mes.hand_work.correcting.known_counts(center)[:SHOWN_TO_CORRECT]
    }
    because = {"–": "", **{it: it for it in dict.fromkeys([*reasons.scrap, *reasons.rework])}}
    return form(
        "CountCorrected", "Correct a count",
        choice("count", "Which count", counts, none="Nothing was counted that has not gone on."),
        ask("good", "Good pieces", "whole"), ask("scrap", "Scrap", "whole"), ask("rework", "Rework", "whole"),
        choice("reason", "Why scrap or rework", because), ask("why", "Why it is corrected", "text"), send="It was this",
    )  # fmt: skip


def _stop_again(run: Run, center: str) -> Form:
    plant, correcting = run.plant, run.mes.hand_work.correcting
    known = correcting.known_stops(SHOWN_TO_CORRECT, center)
    titles = [f"{equipment_title(plant, unit)}, {local_time(plant, at_us)}: {reason_words(it) or 'no reason'}" for unit, at_us, it in known]
    stops = {title: "|".join(map(str, it)) for title, it in zip(titles, known, strict=True)}
    allowed = dict.fromkeys(it for unit in dict.fromkeys(unit for unit, *_ in known) for it in correcting.reasons(unit))
    why = ask("why", "Why it is corrected, if a person has said it", "text", needed=False)
    return form(
        "StopReasonCorrected", "Correct a stop", choice("stop", "Which stop", stops, none="Nothing has stood."),
        choice("reason", "It stood for", {reason_words(it): it for it in allowed or plant.layout.reasons.stop}), why, send="It was this",
    )  # fmt: skip


def _lots(run: Run, now: FloorAtHand) -> Form:
    waiting = {f"{lot} ({quantity})": lot for lot, quantity in now.can_split.items()}
    parts = {f"{lot} ({quantity})": lot for lot, quantity in now.can_merge.items()}
    stock = {f"{lot}: {quantity} {material_title(run.plant, material)}": lot for lot, (material, quantity) in now.in_stock.items()}
    choices = {f"{lot}: {alternate} for {material}": f"{lot}|{material}|{alternate}" for lot, material, alternate in now.choices}
    choosing = form(
        "AlternateChosen", "Take an alternate", choice("choice", "What goes into which lot", choices),
        ask("reason", "Why", "text", needed=False), send="It goes into it",
    )  # fmt: skip
    return group(
        "lots", "Split and merge", [], *([choosing] if choices else []),
        form(
            "LotSplitRequested", "Split a lot", choice("lot", "Lot that waits", waiting, none="No lot waits here."),
            ask("quantity", "Pieces that go on by themselves", "whole"), send="Split it",
        ),
        form(
            "LotMergeRequested", "Put lots together", several("from_lots", "Lots in stock", stock, none="No lot lies in stock."),
            choice("lot", "Go on as", stock), send="Merge them",
        ),
        form(
            "LotMergeRequested", "Put parts together again",
            several("from_lots", "Parts that wait", parts, none="No two parts of a lot wait here."),
            choice("lot", "Go on with", parts), send="Put them together",
        ),
    )  # fmt: skip


def _batches(now: FloorAtHand) -> Form:
    secret = ask("secret", "Your secret", "secret")
    return group(
        "batches", "Batch records", [],
        form(
            "ReleaseBatch", "Release a batch", choice("lot", "Lot that is done", {it: it for it in now.to_release}, none="No lot is done."),
            ask("reason", "Why, if there are exceptions", "text", needed=False), secret, send="Release and sign",
        ),
        form(
            "SignBatch", "Sign a batch record", choice("lot", "Released lot", {it: it for it in now.released}, none="No lot is released."),
            choice("meaning", "Meaning", {it: it for it in MEANINGS}), secret, send="Sign",
        ),
    )  # fmt: skip


def quality_forms(run: Run) -> list[Form]:
    """What is said on the quality page. Called with the run's lock."""
    now = quality_at_hand(run)
    return [_results(now), _gauge_study(run), _wrong(now), _actions(run, now)]


def _results(now: QualityAtHand) -> Form:
    asked = {
        f"{it.declared.title or it.characteristic} of {lot}, {it.declared.asked}": f"{it.plan}|{it.characteristic}|{lot}"
        for it in now.measurable
        for lot in it.lots
    }
    failed = {f"{lot}: {plan}": f"{plan}|{lot}" for plan, lot in now.failed}
    every = {lot: lot for lot in now.lots}
    return group(
        "results", "Test results and holds", [],
        form(
            "TestResult", "Enter a result", choice("asked", "What is to be tested", asked, none="Nothing is to be tested."),
            ask("value", "Result (yes: 1, no: 0)", "number"), send="Record", mark="go",
        ),
        form(
            "TestResultCorrected", "Correct a result", choice("lot", "Lot", every, none="There is no lot."),
            ask("characteristic", "Characteristic", "text"), ask("was", "It was", "number"), ask("value", "It is", "number"),
            ask("reason", "Reason", "text"), send="Correct it",
        ),
        form(
            "InspectionOverruled", "Accept in spite of it", choice("inspection", "Lot that failed", failed, none="No lot has failed."),
            ask("reason", "Reason", "text"), send="Accept",
        ),
        form(
            "LotHoldRequested", "Hold a lot", choice("lot", "Lot", every, none="There is no lot."), ask("reason", "Reason", "text"),
            ask("disposition", "Will be decided at, if known, as in 2026-03-02 14:00", "text", needed=False), send="Hold it", mark="bad",
        ),
        form(
            "LotReleaseRequested", "Release a lot", choice("lot", "Held lot", {it: it for it in now.held}, none="No lot is held."),
            ask("reason", "Reason", "text", needed=False), send="Release it",
        ),
    )  # fmt: skip


def _gauge_study(run: Run) -> Form:
    layout = run.plant.layout
    measured = {
        f"{it.title or name}, {it.unit}".removesuffix(", "): name
        for plan in layout.quality_plans.values()
        for name, it in plan.characteristics.items()
        if it.kind == "measured"
    }
    gauges = {"–": "", **{it.title or name: name for name, it in layout.calibrations.items()}}
    return group(
        "study", "Gauge studies", [],
        form(
            "GaugeMeasured", "Measure for a gauge study", ask("study", "Study", "text"),
            choice("characteristic", "What is measured", measured, none="Nothing is measured here."), choice("gauge", "With", gauges),
            ask("part", "Part", "text"), ask("value", "Value", "number"),
            ask("trial", "Trial; empty: the next", "whole", needed=False),
            ask("reason", "Reason, where it replaces another value", "text", needed=False), send="Record", mark="go",
        ),
    )  # fmt: skip


def _wrong(now: QualityAtHand) -> Form:
    def those(*standings: str) -> Mapping[str, str]:
        open_ones = (it for it in now.nonconformances if it.standing in standings)
        return {f"{it.nonconformance}: {it.unfounded or it.description}": it.nonconformance for it in open_ones}

    back = {"–": "", **{it: it for names in now.rework_to.values() for it in names}}
    return group(
        "nonconformances", "Nonconformances", [],
        form(
            "NonconformanceRaised", "Something is wrong", choice("lot", "Lot", {it: it for it in now.lots}, none="There is no lot."),
            ask("quantity", "Pieces", "whole"), ask("description", "What is wrong", "text"), send="Raise it", mark="bad",
        ),
        form(
            "NonconformanceContained", "Contained", choice("nonconformance", "Which", those("raised"), none="Nothing is raised."),
            ask("action", "What was done at once", "text"), send="Say so",
        ),
        form(
            "NonconformanceDispositioned", "Decide", choice("nonconformance", "Which", those("contained"), none="Nothing is undecided."),
            choice("disposition", "What becomes of it", {it: it for it in DISPOSITIONS}),
            choice("rework_to", "Rework from operation", back), ask("reason", "Reason", "text", needed=False),
        ),
        form(
            "NonconformanceClosed", "Close", choice("nonconformance", "Which", those("dispositioned"), none="Nothing is to be closed."),
            send="All of it is done",
        ),
    )  # fmt: skip


def _actions(run: Run, now: QualityAtHand) -> Form:
    """What shall keep a nonconformance from coming again; whether it has helped, the lots that are inspected after it say."""
    return group(
        "actions", "Corrective actions", [f"{it.action}: {it.measure}; {_standing(run, it)}" for it in now.actions],
        form(
            "CorrectiveActionOpened", "Keep it from coming again",
            choice(
                "nonconformance", "Of what", {f"{it.nonconformance}: {it.description}": it.nonconformance for it in now.causes},
                none="Nothing was wrong yet.",
            ),
            ask("root_cause", "Why it came about", "text"), ask("measure", "What shall be done", "text"),
            ask("due", "Until, as in 2026-03-02 14:00", "text"), ask("lot_count", "Good lots that will show that it helped", "whole"),
            send="Open it",
        ),
        form(
            "CorrectiveActionTaken", "Corrective action is done",
            choice(
                "action", "Which", {f"{it.action}: {it.measure}": it.action for it in now.actions if it.standing == "open"},
                none="None is open.",
            ),
            send="It is done",
        ),
    )  # fmt: skip


def _standing(run: Run, it: CorrectiveAction) -> str:
    match it.standing:
        case "open":
            return f"to be done until {local_time(run.plant, it.due_us)}{', overdue' if it.is_overdue else ''}"
        case "taken":
            return f"done; {len(it.passed)} of {it.lots} lots have shown that it helped"
        case "effective":
            return f"has helped, as {it.lots} lots show"
    return "has not helped: the fault came again"


# What forms are made of


def group(name: str, title: str, notes: Iterable[str], *forms: Form) -> Form:
    """Forms that belong together, below what is so now."""
    return {"id": name, "title": title, "notes": list(notes), "forms": list(forms), "rows": []}


def form(
    kind: str, button: str, *fields: Form, values: Mapping[str, str] | None = None, send: str = "", mark: str = "", label: str = ""
) -> Form:
    """A button that asks for fields, or says `values` at once where there are none."""
    return {
        "kind": kind, "button": button, "label": label or button, "fields": list(fields), "values": dict(values or {}),
        "send": send or button, "mark": mark,
    }  # fmt: skip


def ask(name: str, label: str, of: str, *, needed: bool = True) -> Form:
    """A field to be filled in: "text", "secret", "file", "whole", "number", "money" or "numbers"."""
    return {"name": name, "label": label, "of": of, "is_needed": needed, "allowed": _allowed(of, label), "options": []}


def _allowed(of: str, label: str) -> str:
    """What a field takes, in words; a time is text whose label shows one."""
    return NO_NUMBER.get(of) or ("date and time, as in 2026-03-02 14:00" if ", as in 2026" in label else "some words")


def choice(name: str, label: str, options: Mapping[str, str], *, none: str = "There is nothing to choose from.") -> Form:
    """One of these: title and what it stands for."""
    return choose(name, label, [option(title, value) for title, value in options.items()], none=none)


def choose(name: str, label: str, options: list[Form], *, none: str = "There is nothing to choose from.") -> Form:
    """One of these, of which some are for certain persons alone."""
    return {"name": name, "label": label, "of": "choice", "options": options, "none": none}


def several(name: str, label: str, options: Mapping[str, str], *, none: str = "There is nothing to choose from.") -> Form:
    """Some of these."""
    return {**choice(name, label, options, none=none), "of": "several"}


def option(title: str, value: str, *, person: str = "", not_person: str = "") -> Form:
    """What can be chosen: by everybody, by one person alone, or by everybody but one."""
    return {"id": value, "title": title, "person": person, "not_person": not_person}
