"""The forms of what is declared otherwise while the plant runs: what is allowed, which lots are tested, tools and reasons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from twin.apps.terminals.forms import Form, ask, choice, form, group, several
from twin.apps.terminals.readers import (
    Said,
    instant_if_any,
    needed_text_of,
    number_if_any,
    parts_of,
    text_of,
    texts_of,
    whole_if_any,
    whole_of,
)
from twin.apps.words import choices, material_title
from twin.mes.changing.declared_anew import Anew
from twin.model import events as e
from twin.model.floor.quality_plan import CharacteristicKind, RuleSet
from twin.model.floor.words import Reasons
from twin.model.master_data.sections import SECTIONS
from twin.model.measures import read_duration
from twin.results.quality.control_charts import KIND_TITLES
from twin.results.run import Run
from twin.results.views.overview import local_time

_WHEN = ask("from", "From, as in 2026-03-02 06:00; empty: now", "text", needed=False)
_WHY = ask("reason", "Why", "text")
_LIMITS = (
    ask("lower", "Not less than; empty: no limit", "number", needed=False),
    ask("upper", "Not more than; empty: no limit", "number", needed=False),
    ask("target", "Target; empty: none", "number", needed=False),
    ask("accept", "Of what is counted: at most so many in a sample", "whole", needed=False),
)
_MANY = (
    ask("tool_count", "How many there are", "whole"),
    ask("life", "They last so many pieces; empty: for good", "whole", needed=False),
)


def plan_forms(run: Run) -> list[Form]:
    """What is said of quality plans. Called with the run's lock."""
    plans = run.plant.layout.quality_plans
    if not plans:
        return [group("plans", "Quality plans", _coming(run, e.CharacteristicChanged), _more_tested(run, {}))]
    titles = choices({name: it.title for name, it in plans.items()})
    asked = {
        f"{title}: {it.title or key}, {it.asked}": f"{name}|{key}"
        for title, name in titles.items()
        for key, it in plans[name].characteristics.items()
    }
    changed = form(
        "CharacteristicChanged", "Change what is allowed", choice("asked", "Of what", asked), *_LIMITS, _WHEN, _WHY, send="It is this"
    )
    coming = _coming(run, e.CharacteristicChanged, e.SamplingChanged)
    return [group("plans", "Quality plans", coming, changed, _more_tested(run, titles), _which_lots(titles))]


def _more_tested(run: Run, titles: dict[str, str]) -> Form:
    materials = {material_title(run.plant, it): it for it in run.plant.materials.materials}
    return form(
        "CharacteristicAdded", "Test something more", choice("plan", "In which plan", {**titles, "a new plan": ""}),
        ask("new_plan", "Id of a new plan, as in final_test", "text", needed=False),
        choice("material", "Of a new plan: lots of", {"\u2013": "", **materials}),
        ask("operation", "Of a new plan: after operation; empty: when delivered, or finished", "text", needed=False),
        ask("characteristic", "Id, as in bore", "text"), ask("title", "Title", "text", needed=False),
        choice("judged", "Is", {it.replace("_", " or "): it for it in get_args(CharacteristicKind)}),
        ask("unit", "Unit", "text", needed=False), *_LIMITS,
        choice("chart", "On a chart", {"none": "", **{title: kind for kind, title in KIND_TITLES.items()}}),
        ask("phase_one", "Limits come from its first so many points; empty: 25", "whole", needed=False),
        choice("rules", "What gives a signal on it", {"the usual": "", **{it.replace("_", " "): it for it in get_args(RuleSet)}}),
        _WHEN, _WHY, send="It is tested",
    )  # fmt: skip


def _which_lots(titles: dict[str, str]) -> Form:
    return form(
        "SamplingChanged", "Change which lots are tested", choice("plan", "By which plan", titles),
        ask("pieces", "So many pieces of each", "whole"), ask("every_lots", "Each so many lots; empty: not so", "whole", needed=False),
        ask("every_pieces", "Each so many good pieces; empty: not so", "whole", needed=False),
        ask("every", "Every so long, as in 30 min; empty: not so", "text", needed=False),
        ask("qualify", "Skip lots after so many that were accepted; empty: not so", "whole", needed=False),
        ask("one_in", "Then test one in so many", "whole", needed=False), _WHEN, _WHY, send="It is this",
    )  # fmt: skip


def floor_anew_forms(run: Run) -> list[Form]:
    """What is said of tools and of reasons. Called with the run's lock."""
    layout = run.plant.layout
    kinds = {f"{it.title or name}: {it.count}, {f'{it.life} pieces' if it.life else 'for good'}": name for name, it in layout.tools.items()}
    lists = {f"{name}: {', '.join(getattr(layout.reasons, name)) or 'none'}": name for name in Reasons.model_fields}
    changed = form("ToolsChanged", "Other or more tools", choice("tool", "Which", kinds), *_MANY, _WHEN, _WHY, send="It is so")
    return [
        group(
            "declared", "Tools and reasons", _coming(run, e.ToolsChanged, e.ReasonsChanged), *([changed] if kinds else []), _new_tools(run),
            form(
                "ReasonsChanged", "Change a list of reasons", choice("list_of", "Which", lists),
                ask("reasons", "All of it, as in breakdown; cleaning; other", "text"), _WHEN, _WHY, send="These are to choose from",
            ),
        )
    ]  # fmt: skip


def _new_tools(run: Run) -> Form:
    layout = run.plant.layout
    materials = {material_title(run.plant, it): it for it in layout.routings}
    operations = {operation: operation for routing in layout.routings.values() for operation in routing}
    centers = choices({name: it.title for name, it in layout.work_centers.items()})
    return form(
        "ToolsAdded", "A new kind of tool", ask("tool", "Id, as in hob_m3", "text"), ask("title", "Title", "text", needed=False), *_MANY,
        several("materials", "For which materials; none: all", materials, needed=False),
        several("operations", "For which operations; none: all", operations, needed=False),
        several("work_centers", "At which work centers; none: all", centers, needed=False), _WHEN, _WHY, send="They are there",
    )  # fmt: skip


def _coming(run: Run, *kinds: type[Anew]) -> list[str]:
    """What was said and is so later."""
    coming = (it for it in run.mes.declared_anew.coming if isinstance(it, kinds))
    return [f"{_what(it)} changes from {local_time(run.plant, it.from_us)} on: {it.reason}" for it in coming]


def _what(it: Anew) -> str:
    match it:
        case e.CharacteristicChanged():
            return f"{it.characteristic} of {it.plan}"
        case e.SamplingChanged():
            return f"which lots {it.plan} tests"
        case e.ToolsChanged():
            return f"tool {it.tool}"
        case e.DeclarationChanged():
            return f"{SECTIONS[it.section].kind} {it.declared}"
    return f"the list of reasons for {it.list_of}"


def anew_said(run: Run) -> dict[str, Callable[[Said, dict[str, Any]], Anew]]:
    """By form: what it says, as an event."""
    return {
        "CharacteristicChanged": partial(_characteristic, run, is_new=False),
        "CharacteristicAdded": partial(_characteristic, run, is_new=True),
        "SamplingChanged": partial(_sampling, run),
        **dict.fromkeys(("ToolsChanged", "ToolsAdded"), partial(_tools, run)),
        "ReasonsChanged": partial(_reasons, run),
    }


def _since(run: Run, said: Said) -> dict[str, Any]:
    return {"from_us": instant_if_any(run.plant, said, "from", -1), "reason": text_of(said, "reason")}


def _characteristic(run: Run, said: Said, at: dict[str, Any], *, is_new: bool) -> e.CharacteristicChanged:
    about: dict[str, Any] = {name: number_if_any(said, name) for name in ("lower", "upper", "target")}
    about["accept"] = whole_if_any(said, "accept")
    if is_new:
        about |= {name: text_of(said, name) for name in ("characteristic", "title", "judged", "unit", "material", "operation")}
        about["plan"] = text_of(said, "plan") or needed_text_of(said, "new_plan")
        about |= {"chart": text_of(said, "chart"), "rules": text_of(said, "rules"), "phase_one": whole_if_any(said, "phase_one")}
    else:
        about["plan"], about["characteristic"] = parts_of(said, "asked", 2)
    return e.CharacteristicChanged(**at, **about, **_since(run, said))


def _sampling(run: Run, said: Said, at: dict[str, Any]) -> e.SamplingChanged:
    about: dict[str, Any] = {name: whole_if_any(said, name) for name in ("every_lots", "every_pieces", "qualify", "one_in")}
    every_us = read_duration(text_of(said, "every")) if text_of(said, "every") else 0
    return e.SamplingChanged(
        **at, **about, plan=text_of(said, "plan"), pieces=whole_of(said, "pieces"), every_us=every_us, **_since(run, said)
    )


def _tools(run: Run, said: Said, at: dict[str, Any]) -> e.ToolsChanged:
    scope: dict[str, Any] = {name: tuple(filter(None, texts_of(said, name))) for name in ("materials", "operations", "work_centers")}
    about: dict[str, Any] = {
        "tool_count": whole_of(said, "tool_count"),
        "life": whole_if_any(said, "life"),
        "title": text_of(said, "title"),
    }
    return e.ToolsChanged(**at, **scope, **about, tool=needed_text_of(said, "tool"), **_since(run, said))


def _reasons(run: Run, said: Said, at: dict[str, Any]) -> e.ReasonsChanged:
    words = tuple(filter(None, (it.strip() for it in text_of(said, "reasons").split(";"))))
    return e.ReasonsChanged(**at, list_of=text_of(said, "list_of"), reasons=words, **_since(run, said))
