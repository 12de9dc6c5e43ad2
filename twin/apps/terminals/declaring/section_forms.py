"""The forms of plans, gauges, alarms and procedures while the plant runs: new, otherwise, withdrawn; as people write plant.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, NamedTuple, get_args

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, instant_if_any, materials_of, needed_text_of, number_of, text_of
from twin.apps.words import choices, equipment_choices
from twin.model.events import DeclarationChanged
from twin.model.master_data.sections import SECTIONS, table_of_section
from twin.model.problems import listed
from twin.model.upkeep.maintenance_plans import IndicatorName
from twin.results.run import Run
from twin.results.views.overview import local_time

Changes = tuple[tuple[str, str], ...]
Written = Callable[[str, str], Changes]
_DATES = re.compile(r"([0-9]{1,4})\s*(?:d|days?)?\s+at\s+([0-9]{1,2}:[0-9]{2})")
_LIMIT = re.compile(r"(.+?)\s+(above|below)\s+(-?[0-9]+(?:[.,][0-9]+)?)(?:\s+over\s+(.+))?")
_WHEN = ask("from", "From, as in 2026-03-02 06:00; empty: now", "text", needed=False)
_WHY = ask("reason", "Why", "text")


def _plain(key: str, text: str) -> Changes:
    return ((key, text),)


def _list(key: str, text: str) -> Changes:
    """Ids beside each other."""
    return ((key, json.dumps([it.strip() for it in text.replace(";", ",").split(",") if it.strip()])),)


def _yes(key: str, text: str) -> Changes:
    if text.lower() not in ("yes", "no"):
        raise ValueError(f"{key}: '{text}' is neither yes nor no; allowed: yes, no")
    return ((key, "true" if text.lower() == "yes" else "false"),)


def _dates(key: str, text: str) -> Changes:
    if (found := _DATES.fullmatch(text)) is None:
        raise ValueError(f"{key}: '{text}' says not after how many days and when; allowed: as in 7 at 06:00")
    return ((f"{key}.days", found[1]), (f"{key}.at", found[2].zfill(5)))


def _limit(key: str, text: str) -> Changes:
    """What is looked at, and beyond what it may not be."""
    if (found := _LIMIT.fullmatch(text)) is None:
        raise ValueError(f"{key}: '{text}' is no limit of something; allowed: as in vibration above 4.5, or oee below 0.6 over 8 h")
    name = found[1].strip().replace(" ", "_")
    said = {"indicator" if name in get_args(IndicatorName) else "process_value": name, found[2]: float(found[3].replace(",", "."))}
    return ((key, json.dumps({**said, **({"over": found[4].strip()} if found[4] else {})})),)


def _parts(key: str, text: str) -> Changes:
    parts = materials_of({key: text}, key)
    if len(dict(parts)) < len(parts):
        raise ValueError(f"{key.replace('_', ' ')}: a material is named twice; allowed: each once, with its quantity")
    return ((key, json.dumps(dict(parts))),)


def _number(key: str, text: str) -> Changes:
    return ((key, str(number_of({key: text}, key))),)


def _phases(key: str, text: str) -> Changes:
    """Paths of phases beside each other, as units, operations and phases within each other."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in filter(None, (it.strip() for it in text.replace(";", ",").split(","))):
        parts = path.split("/")
        if len(parts) != 3 or not all(parts):
            raise ValueError(
                f"{key.replace('_', ' ')}: '{path}' is no phase; allowed: unit procedure, operation, phase, as in furnace/heat/soak"
            )
        found.setdefault(parts[0], {}).setdefault(parts[1], []).append(parts[2])
    return ((key, json.dumps(found)),)


class _Key(NamedTuple):
    label: str
    written: Written = _plain
    needed: bool = False


_PLAN: Mapping[str, _Key] = {
    "title": _Key("Title"),
    "every": _Key("By the calendar, every so many days, as in 7 at 06:00", _dates),
    "after_pieces": _Key("After so many pieces, as in 500"),
    "after_lots": _Key("After so many lots"),
    "after_busy": _Key("After so long at work, as in 80 h"),
    "condition": _Key("When a value or an indicator is beyond a limit, as in vibration above 4.5, or oee below 0.6 over 8 h", _limit),
    "lasts": _Key("It lasts, as in 30 min"),
    "within": _Key("Overdue after, as in 1 d"),
    "personnel_class": _Key("Who may do it, as in fitter; empty: anybody"),
    "spare_parts": _Key("Spare parts, as in GREASE 2, SEAL 1", _parts),
    "blocks": _Key("Nothing starts there once it is overdue: yes or no", _yes),
    "documents": _Key("Documents by which it is done, as in WI-9", _list),
}
_GAUGE: Mapping[str, _Key] = {
    "title": _Key("Title"),
    "every_days": _Key("It may be used for so many days, as in 90", needed=True),
    "calibrated_by": _Key("Who may calibrate it, as in inspector", needed=True),
    "equipment": _Key("Without it nothing starts on this equipment, as in tester_1"),
    "segments": _Key("Without it nothing of these process segments is done, as in grind", _list),
    "quality_plans": _Key("Without it nothing is done after which these quality plans inspect, as in bore", _list),
}
_LAST = {"last": _Key("It was calibrated last on, as in 2026-01-15", needed=True)}
_ALARM: Mapping[str, _Key] = {
    "title": _Key("Title"),
    "priority": _Key("Priority: low, medium, high or critical"),
    "consequence": _Key("What becomes of it if nobody does anything"),
    "response": _Key("What to do"),
    "within": _Key("To be acknowledged within, as in 15 min"),
    "escalate_to": _Key("Then it goes to, one after another, as in turner, shift_lead", _list),
    "latched": _Key("It stands until it is reset: yes or no", _yes),
    "suppressed_in": _Key("It means nothing in these states, as in Stopped, Aborted", _list),
    "longest_shelf": _Key("Longest on the shelf, as in 8 h"),
    "authority": _Key("Who may shelve it, as in shift_lead; empty: anybody"),
}
_PROCEDURE: Mapping[str, _Key] = {
    "title": _Key("Title"),
    "materials": _Key("For which materials, as in GB1; empty: all", _list),
    "operations": _Key("For which operations, as in 40; empty: all", _list),
    "work_centers": _Key("At which work centers, as in hardening; empty: all", _list),
    "unit_procedures": _Key("Its phases in their order, as in furnace/carburise/heat_up, furnace/carburise/soak", _phases),
}
_PARAMETER: Mapping[str, _Key] = {
    "unit": _Key("Unit"),
    "target": _Key("Target", _number),
    **{f"warn_{side}": _Key(f"Told {side}", _number) for side in ("below", "above")},
    **{f"stop_{side}": _Key(f"Held {side}", _number) for side in ("below", "above")},
    "advice": _Key("What to change when it leaves its limits"),
}
_KEYS = {"maintenance_plans": _PLAN, "calibrations": _GAUGE, "alarms": _ALARM, "alerts": _ALARM, "procedures": _PROCEDURE}
_NAMES = {"maintenance_plans": "Plan", "calibrations": "Gauge", "alarms": "Alarm", "alerts": "Alert", "procedures": "Procedure"}
_EXAMPLES = {"alarms": "lathe/spindle_fault, of a work unit or a class", "alerts": "quality", "procedures": "case_hardening"}
_STEP = {"ask for nothing but that it is done": "done", "yes or no": "yes", "a value": "value", "words": "words"}


def upkeep_group(run: Run) -> Form:
    """What is said of plans and gauges, on the maintenance page. Called with the run's lock."""
    notes = _coming(run, ("maintenance_plans", "calibrations"))
    layout = run.plant.layout
    equipment = choice("equipment", "Equipment", equipment_choices(run.plant, run.plant.equipment))
    new_plan = form(
        "PlanAdded", "A new plan", ask("declared", "Id, as in spindle_1", "text"), equipment, *_asked(_PLAN), _WHY, send="It is planned"
    )
    new_gauge = form("GaugeAdded", "A new gauge", ask("declared", "Id, as in caliper_4", "text"), *_asked(_GAUGE), *_asked(_LAST), _WHY,
                     send="It is calibrated")  # fmt: skip
    plans, gauges = ({it.title or name: name for name, it in table.items()} for table in (layout.maintenance_plans, layout.calibrations))
    forms = [
        new_plan,
        *_known("maintenance_plans", plans),
        *([_steps(plans, "Plan", "maintenance_plans")] if plans else []),
        new_gauge,
        *_known("calibrations", gauges),
    ]
    return group("plans", "Plans and gauges", notes, *forms)


def declared_group(run: Run) -> Form:
    """What is said of alarms and procedures, on the supervisor page. Called with the run's lock."""
    sections, forms = ("alarms", "alerts", "procedures"), list[Form]()
    for section in sections:
        new = ask("declared", f"Id, as in {_EXAMPLES[section]}", "text")
        forms.append(
            form(f"{_NAMES[section]}Added", f"A new {SECTIONS[section].kind}", new, *_asked(_KEYS[section]), _WHY, send="It is so")
        )
        known = table_of_section(run.plant.layout, section)
        forms += _known(section, {f"{it.title} ({name})" if it.title else name: name for name, it in known.items()})
    if procedures := {it.title or name: name for name, it in run.plant.layout.procedures.items()}:
        forms.append(
            form(
                "ParameterChanged", "Change a value that a procedure keeps to", choice("declared", "Procedure", procedures),
                ask("parameter", "Which, as in temperature", "text"), *_asked(_PARAMETER), _WHEN, _WHY, send="It is so",
            )
        )  # fmt: skip
        forms.append(_steps(procedures, "Procedure", "procedures"))
    return group("alarms_and_procedures", "Alarms and procedures", _coming(run, sections), *forms)


def _coming(run: Run, sections: Collection[str]) -> list[str]:
    """What was said, and is so later."""
    coming = (it for it in run.mes.declared_anew.coming if isinstance(it, DeclarationChanged) and it.section in sections)
    return [
        f"{SECTIONS[it.section].kind} {it.declared} {'is withdrawn' if it.is_withdrawn else 'changes'} from"
        f" {local_time(run.plant, it.from_us)} on: {it.reason}"
        for it in coming
    ]


def _asked(keys: Mapping[str, _Key]) -> list[Form]:
    return [ask(key, it.label, "text", needed=it.needed) for key, it in keys.items()]


def _known(section: str, titles: Mapping[str, str]) -> list[Form]:
    """What is said of one that is there; nothing where none is."""
    name, kind = _NAMES[section], SECTIONS[section].kind
    which = choice("declared", kind.capitalize(), choices({name: title for title, name in titles.items()}))
    keys = choice("key", "What of it", {it.label: key for key, it in _KEYS[section].items()})
    value = ask("value", "From then on; nothing: it is left out", "text", needed=False)
    changed = form(f"{name}Changed", f"Change {SECTIONS[section].article}", which, keys, value, _WHEN, _WHY, send="It is so")
    return (
        [changed, form(f"{name}Withdrawn", f"Withdraw {SECTIONS[section].article}", which, _WHEN, _WHY, send="It is withdrawn", mark="bad")]
        if titles
        else []
    )


def _steps(titles: Mapping[str, str], name: str, section: str) -> Form:
    kind = SECTIONS[section].kind
    return form(
        f"{name}StepChanged", f"Change a step of a {kind}", choice("declared", kind.capitalize(), titles),
        ask("step", "Step, as in wear", "text"),
        ask("text", "What to do; empty: there is no such step any more", "text", needed=False), choice("asks", "It asks for", _STEP),
        ask("unit", "Unit", "text", needed=False), ask("lower", "Not less than", "text", needed=False),
        ask("upper", "Not more than", "text", needed=False), choice("optional", "It may be left out", {"no": "no", "yes": "yes"}),
        _WHEN, _WHY,
        send="It is so",
    )  # fmt: skip


def section_said(run: Run) -> dict[str, Callable[[Said, dict[str, Any]], DeclarationChanged]]:
    """By form: what it says, as an event."""
    found: dict[str, Callable[[Said, dict[str, Any]], DeclarationChanged]] = {"ParameterChanged": partial(_parameter_said, run)}
    for section in ("maintenance_plans", "procedures"):
        found[f"{_NAMES[section]}StepChanged"] = partial(_step_said, run, section)
    for section, name in _NAMES.items():
        found[f"{name}Added"] = partial(_new_said, section)
        found[f"{name}Changed"] = partial(_changed_said, run, section)
        found[f"{name}Withdrawn"] = partial(_withdrawn_said, run, section)
    return found


def _new_said(section: str, said: Said, at: dict[str, Any]) -> DeclarationChanged:
    more = {"calibrations": _LAST, "maintenance_plans": {"equipment": _Key("Equipment")}}
    keys = {**_KEYS[section], **more.get(section, {})}
    changes = [one for key, it in keys.items() if (text := text_of(said, key)) for one in it.written(key, text)]
    return DeclarationChanged(
        **at,
        section=section,
        declared=needed_text_of(said, "declared"),
        changes=tuple(changes),
        is_new=True,
        reason=text_of(said, "reason"),
    )


def _changed_said(run: Run, section: str, said: Said, at: dict[str, Any]) -> DeclarationChanged:
    key, text = needed_text_of(said, "key"), text_of(said, "value")
    if key not in _KEYS[section]:
        raise ValueError(f"key: '{key}' is not said of a {SECTIONS[section].kind} here; allowed: {listed(_KEYS[section], 20)}")
    changes: Changes = _KEYS[section][key].written(key, text) if text else ((key, ""),)
    return DeclarationChanged(**at, section=section, declared=text_of(said, "declared"), changes=changes, **_since(run, said))


def _withdrawn_said(run: Run, section: str, said: Said, at: dict[str, Any]) -> DeclarationChanged:
    return DeclarationChanged(**at, section=section, declared=text_of(said, "declared"), is_withdrawn=True, **_since(run, said))


def _parameter_said(run: Run, said: Said, at: dict[str, Any]) -> DeclarationChanged:
    name = needed_text_of(said, "parameter")
    changes = tuple(
        (f"parameters.{name}.{key}", value)
        for asked, it in _PARAMETER.items()
        if (text := text_of(said, asked))
        for key, value in it.written(asked, text)
    )
    changes = changes or ((f"parameters.{name}", ""),)  # nothing is written: it is left out
    return DeclarationChanged(**at, section="procedures", declared=text_of(said, "declared"), changes=changes, **_since(run, said))


def _step_said(run: Run, section: str, said: Said, at: dict[str, Any]) -> DeclarationChanged:
    about = {name: text for name in ("text", "asks", "unit", "lower", "upper") if (text := text_of(said, name))}
    step: dict[str, Any] = {**about, **{name: number_of(about, name) for name in ("lower", "upper") if name in about}}
    if text_of(said, "optional") == "yes":
        step["optional"] = True
    change = (f"steps.{needed_text_of(said, 'step')}", json.dumps(step, ensure_ascii=False) if "text" in about else "")
    plan = text_of(said, "declared")
    return DeclarationChanged(**at, section=section, declared=plan, changes=(change,), **_since(run, said))


def _since(run: Run, said: Said) -> dict[str, Any]:
    return {"from_us": instant_if_any(run.plant, said, "from", -1), "reason": text_of(said, "reason")}
