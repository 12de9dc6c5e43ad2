"""The forms of terminals, as plain values that `floor_forms.js` draws as large buttons: what there is to choose from, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from twin.apps.terminals.declaring.shown import shown
from twin.apps.words import equipment_choices, equipment_title, material_title, person_choices, person_titles, reason_words
from twin.mes.quality.entries import MEANINGS
from twin.model.personnel.labour import BREAK
from twin.model.readiness.opened import LARGEST
from twin.results.auditing.signable import SHOWN, to_sign
from twin.results.process.courses import courses_at
from twin.results.readiness.at_hand import FloorAtHand, StepHere, floor_at_hand, written
from twin.results.run import Run
from twin.results.views.overview import local_time

Form = dict[str, Any]
STORE = "the tool store"
SHOWN_TO_CORRECT = 12
DAY_US = 86_400_000_000
NO_NUMBER = {
    "whole": "a whole number, as in 5",
    "number": "a number, as in 4.5",
    "money": "an amount, as in 12.50 or 1,250.00",
    "numbers": "whole numbers, as in 2, 1",
}


def floor_forms(run: Run, center: str = "") -> list[Form]:
    """Groups of forms for a work center, or ("") for all of them. Called with the run's lock."""
    at_hand = floor_at_hand(run, center)
    groups = [_people(run, at_hand, center)] if run.plant.layout.persons else []
    groups += [_guided(run, at_hand)] if at_hand.steps or run.mes.process.steps.confirmed else []
    groups += [group("advice", "What to change", advice)] if (advice := _advice(run, center)) else []
    groups += [_phases(at_hand)] if at_hand.phases else []
    groups += [_tools(run, at_hand, center)] if at_hand.tools else []
    groups += [process_group(run, center)] if run.plant.layout.procedures else []
    return [*groups, _wrong_here(run, center), _corrections(run, center), _lots(run, at_hand), _batches(at_hand)]


def _people(run: Run, now: FloorAtHand, center: str) -> Form:
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
        form("ClockedOn", "Clock on", jobs, ask("shares", "Shares, if not equal", "numbers", needed=False), earlier(), mark="go"),
        form("ClockedOn", "Other work, or a break", choice("activity", "What", activities), earlier(), send="Clock on to it"),
        form("ClockedOff", "Clock off", choose("what", "From", off), earlier()),
        form(
            "ClockingCorrected", "Correct a clocking", choose("clocking", "Whose", corrected, none="Nobody else is clocked on."),
            ask("ended", "Ended at, as in 2026-03-02 14:00", "text"), ask("reason", "Reason", "text"), send="Correct it",
        ),
        _clock_again(run, now, activities, center),
    )  # fmt: skip


def _clock_again(run: Run, now: FloorAtHand, activities: Mapping[str, str], center: str) -> Form:
    """What was clocked otherwise than it was, or was forgotten."""
    plant, sheets = run.plant, run.mes.labour.sheets
    ended = [
        it.job_order for it in run.mes.execution.job_orders.values() if run.now_us - DAY_US < it.ended_us and center in ("", it.work_center)
    ]
    known = sorted(
        (it for sheet in sheets.values() for it in sheet.clockings[-SHOWN_TO_CORRECT:] if not it.maintenance), key=lambda it: it.on_us
    )
    clockings = [
        option(f"{person_titles(plant, it.person)}: {it.what} since {local_time(plant, it.on_us)}", f"{it.person}|{it.on_us}|{it.what}",
               not_person=it.person)
        for it in reversed(known[-SHOWN_TO_CORRECT:])
    ]  # fmt: skip
    clockings += [option(f"{title}: forgotten", f"{name}|-1|", not_person=name) for title, name in person_choices(plant).items()]
    what = {**{name: name for name in (*now.jobs, *reversed(ended[-SHOWN_TO_CORRECT:]))}, **activities}
    return form(
        "ClockingEntered", "Enter a clocking", choose("clocking", "Whose, and which", clockings), choice("what", "It was", what),
        ask("began", "Began at, as in 2026-03-02 06:00", "text"),
        ask("ended", "Ended at, as in 2026-03-02 14:00; empty: goes on", "text", needed=False),
        ask("reason", "Why it was not clocked so", "text"), send="It was this",
    )  # fmt: skip


def _guided(run: Run, now: FloorAtHand) -> Form:
    rows = [
        {"id": f"{it.job_order}/{it.step}", "title": f"{it.job_order} · step {it.place} of {it.count}", "text": _step_text(it),
         "forms": _answers(it), **({"shown": shown(it.shown)} if it.shown else {})}
        for it in now.steps
    ]  # fmt: skip
    again = _steps_again(now) if now.confirmed else []
    return {**group("guided", "Guided work", [], *again, signing_form(run, "Sign a step", "step")), "rows": rows}


def _step_text(it: StepHere) -> str:
    by = f" {it.first.person} has said: {it.first.said}. Somebody else verifies it." if it.first else ""
    return it.declared.text + by


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
    then = earlier("When, as in 14:05", needed=True)
    if it.first:
        seen = {**said, "answer": "" if it.first.value is None else repr(it.first.value), "words": it.first.words}
        return [form("StepConfirmed", "Verified", values=seen, mark="go", label=label)]
    match it.declared.asks:
        case "yes":
            yes = {**said, "answer": "1"}
            return [
                form("StepConfirmed", "Yes", values=yes, mark="go", label=label),
                form("StepConfirmed", "No", values={**said, "answer": "0"}, mark="bad", label=label),
                form("StepConfirmed", "Yes, earlier", then, values=yes, send="Confirm", label=label),
            ]
        case "value":
            asked = ask("answer", f"{it.declared.unit or 'Value'}, allowed {it.declared.asked}", "number")
            return [form("StepConfirmed", "Enter", asked, earlier(), values=said, send="Confirm", label=label)]
        case "words":
            return [form("StepConfirmed", "Write", ask("words", "In words", "text"), earlier(), values=said, send="Confirm", label=label)]
    return [
        form("StepConfirmed", "Done", values=said, mark="go", label=label),
        form("StepConfirmed", "Done earlier", then, values=said, send="Confirm", label=label),
    ]


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


def _advice(run: Run, center: str) -> list[str]:
    """What somebody was prompted to change at `center` ("": anywhere) within a day, the newest first."""
    mes, found = run.mes, list[str]()
    for it in reversed(mes.process.prompts):
        if it.effective_us <= run.now_us - DAY_US or len(found) == SHOWN_TO_CORRECT:
            break
        unit, job = mes.equipment.records.get(it.equipment), mes.job_orders.get(it.job_order)
        if center in ("", unit.work_center if unit else "", job.work_center if job else ""):
            found.append(f"{local_time(run.plant, it.effective_us)}: {it.what}. {it.why}. {it.suggestion}".strip(". "))
    return found


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
        *_value_again(run, center),
    )  # fmt: skip


def _value_again(run: Run, center: str) -> list[Form]:
    """Process values that were told wrong: the newest of each work unit here."""
    plant, observed = run.plant, dict[str, str]()
    for name, record in run.mes.equipment.records.items():
        for it in courses_at(run, name, SHOWN_TO_CORRECT) if center in ("", record.work_center) else ():
            for at_us, value in reversed(it.values):
                title = f"{it.title} of {equipment_title(plant, name)}, {local_time(plant, at_us)}: {written(value)} {it.unit}".strip()
                observed[title] = f"{name}|{it.job_order}|{it.parameter}|{at_us}|{written(value)}"
    return [
        form(
            "ProcessValueCorrected", "Correct a process value", choice("observed", "Which", observed), ask("value", "It is", "number"),
            ask("reason", "Why it was told wrong", "text"), send="Correct it",
        )
    ] if observed else []  # fmt: skip


def _corrections(run: Run, center: str) -> Form:
    """What was counted, and was wrong; why something stood: whoever has reported it, a person or a machine."""
    return group("corrections", "Said wrong", [], _count_again(run, center), _stop_again(run, center))


def _count_again(run: Run, center: str) -> Form:
    plant, reasons = run.plant, run.plant.layout.reasons
    counts = {
        f"{it.job_order}, {local_time(plant, it.at_us)}: {it.good} good, {it.scrap} scrap, {it.rework} rework"
        f"{f' ({it.reason})' * bool(it.reason)}": f"{unit}|{it.job_order}|{it.at_us}"
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


def wrong_forms(run: Run, lots: Mapping[str, str]) -> list[Form]:
    """Something is wrong with one of these lots, and how it looks. Called with the run's lock."""
    codes = run.plant.layout.reasons.defect
    defect = [choice("code", "Which defect", {"–": "", **{it: it for it in codes}})] if codes else []
    known = run.mes.quality.nonconformances.all.values()
    seen = {f"{it.nonconformance}: {it.unfounded or it.description}": it.nonconformance for it in known if it.standing != "closed"}
    return [
        form(
            "NonconformanceRaised", "Something is wrong", choice("lot", "Lot", lots, none="There is no lot."),
            ask("quantity", "Pieces", "whole"), *defect, ask("description", "What is wrong", "text"), send="Raise it", mark="bad",
        ),
        form(
            "NonconformancePictured", "Take a picture of it",
            choice("nonconformance", "Of what", dict(reversed(seen.items())), none="Nothing is raised."),
            ask("picture", "Picture, .png or .jpg", "picture"), ask("note", "What can be seen", "text", needed=False), send="Keep it",
        ),
    ]  # fmt: skip


def _wrong_here(run: Run, center: str) -> Form:
    """What is wrong with lots that are, or were, worked on here."""
    lots = run.mes.tracking.lots
    here = (job.lot for job in reversed(list(run.mes.job_orders.values())) if center in ("", job.work_center))
    there = {lot: lot for lot in here if lot in lots and (lots[lot].in_process or lots[lot].on_hand)}
    return group("wrong", "Something is wrong", [], *wrong_forms(run, there))


def signing_form(run: Run, button: str, of: str) -> Form:
    """What of these was decided or done last, to be signed; the newest first. Called with the run's lock."""
    known = to_sign(run, of)[:SHOWN]
    chosen = {f"{it.words}, {local_time(run.plant, it.at_us)}": "|".join((it.of, str(it.at_us), *it.names)) for it in known}
    return form(
        "SignDecision", button, choice("decision", "Which", chosen, none="There is nothing to sign."),
        choice("meaning", "Meaning", {it: it for it in MEANINGS}), ask("secret", "Your secret", "secret"), send="Sign",
    )  # fmt: skip


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
    """A field to be filled in: "text", "secret", "file", "picture", "whole", "number", "money" or "numbers"."""
    limits = {"most_bytes": LARGEST} if of in ("file", "picture") else {}
    return {"name": name, "label": label, "of": of, "is_needed": needed, "allowed": _allowed(of, label), "options": [], **limits}


OF_WHEN = "Of when, if earlier, as in 14:05, or with its day"
"""The date of a paper; the books have it on that day, as long as its period is open."""


def earlier(label: str = "When, if earlier, as in 14:05", *, needed: bool = False) -> Form:
    """When it happened, if that was before it is said."""
    return ask("happened", label, "text", needed=needed)


def _allowed(of: str, label: str) -> str:
    """What a field takes, in words; a time is text whose label shows one."""
    return NO_NUMBER.get(of) or ("date and time, as in 2026-03-02 14:00" if ", as in 2026" in label else "some words")


def choice(
    name: str, label: str, options: Mapping[str, str], *, none: str = "There is nothing to choose from.", unset: bool = False
) -> Form:
    """One of these: title and what it stands for. `unset`: none of them, until somebody chooses, since no first one is the likely one."""
    offered = [option(title, value) for title, value in options.items()]
    if not unset or not offered:
        return choose(name, label, offered, none=none)
    asked = {"is_needed": True, "allowed": "one of what is offered"}
    return choose(name, label, [option("\u2013", ""), *offered], none=none) | asked


def choose(name: str, label: str, options: list[Form], *, none: str = "There is nothing to choose from.") -> Form:
    """One of these, of which some are for certain persons alone."""
    return {"name": name, "label": label, "of": "choice", "options": options, "none": none}


def several(
    name: str, label: str, options: Mapping[str, str], *, none: str = "There is nothing to choose from.", needed: bool = True
) -> Form:
    """Some of these; not `needed`: or none."""
    return {**choice(name, label, options, none=none), "of": "several", "is_needed": needed}


def option(title: str, value: str, *, person: str = "", not_person: str = "") -> Form:
    """What can be chosen: by everybody, by one person alone, or by everybody but one."""
    return {"id": value, "title": title, "person": person, "not_person": not_person}
