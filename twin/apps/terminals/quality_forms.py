"""The forms of the quality page: results and holds, gauge studies, nonconformances and what keeps them from coming again."""

from __future__ import annotations

from collections.abc import Mapping

from twin.apps.terminals.declaring.anew_forms import plan_forms
from twin.apps.terminals.forms import Form, ask, choice, earlier, form, group, signing_form, wrong_forms
from twin.apps.words import material_title, person_choices, person_titles
from twin.mes.quality.entries import MEANINGS
from twin.mes.quality.nonconformances import DISPOSITIONS, CorrectiveAction
from twin.results.readiness.at_hand import QualityAtHand, quality_at_hand, written
from twin.results.run import Run
from twin.results.views.overview import local_time


def quality_forms(run: Run) -> list[Form]:
    """What is said on the quality page. Called with the run's lock."""
    now = quality_at_hand(run)
    return [_results(run, now), *_limits(run), _gauge_study(run), _wrong(run, now), _actions(run, now), *plan_forms(run)]


def _results(run: Run, now: QualityAtHand) -> Form:
    codes = run.plant.layout.reasons.defect
    asked = {
        f"{it.declared.title or it.characteristic} of {lot}, {it.declared.asked}": f"{it.plan}|{it.characteristic}|{lot}"
        for it in now.measurable
        for lot in it.lots
    }
    signed = {f"{name} of {lot}: {written(value)}": f"{written(value)}|{name}|{lot}" for name, lot, value in now.to_sign}
    failed = {f"{lot}: {plan}": f"{plan}|{lot}" for plan, lot in now.failed}
    every = {lot: lot for lot in now.lots}
    found = {title: f"{written(value)}|{name}|{lot}" for title, (lot, name, value) in now.results.items()}
    return group(
        "results", "Test results and holds", [],
        form(
            "TestResult", "Enter a result", choice("asked", "What is to be tested", asked, none="Nothing is to be tested."),
            ask("value", "Result (yes: 1, no: 0); what is counted: how many were found", "number"),
            ask("inspected", "Of how many looked at, where it is counted; empty: as the plan says", "whole", needed=False),
            *([ask("codes", f"Of which defects, as in {codes[0]} 2", "text", needed=False)] if codes else []), earlier(),
            send="Record", mark="go",
        ),
        form(
            "TestResultCorrected", "Correct a result",
            choice("result", "Which", found, none="Nothing of what lies here was measured."),
            ask("value", "It is", "number"),
            ask("reason", "Reason", "text"), send="Correct it",
        ),
        form(
            "SignResult", "Sign a result", choice("result", "Which", signed, none="Nothing was measured."),
            choice("meaning", "Meaning", {it: it for it in MEANINGS}), ask("secret", "Secret", "secret"), send="Sign",
        ),
        form(
            "InspectionOverruled", "Accept in spite of it", choice("inspection", "Lot that failed", failed, none="No lot has failed."),
            ask("reason", "Reason", "text"), send="Accept",
        ),
        signing_form(run, "Sign an override", "override"),
        form(
            "LotHoldRequested", "Hold a lot", choice("lot", "Lot", every, none="There is no lot."), ask("reason", "Reason", "text"),
            ask("disposition", "Will be decided at, if known, as in 2026-03-02 14:00", "text", needed=False), earlier(),
            send="Hold it", mark="bad",
        ),
        form(
            "LotReleaseRequested", "Release a lot", choice("lot", "Held lot", {it: it for it in now.held}, none="No lot is held."),
            ask("reason", "Reason", "text", needed=False), earlier(), send="Release it",
        ),
    )  # fmt: skip


def _limits(run: Run) -> list[Form]:
    """What is said of the limits of control charts; nothing where nothing is charted."""
    charts = {f"{plan}|{name}": chart for (plan, name), chart in run.mes.quality.inspections.charts.items()}
    if not charts:
        return []
    titles = {f"{run.plant.layout.quality_plans[key.split('|')[0]].title or key.split('|')[0]}: {key.split('|')[1]}": key for key in charts}
    left_out = {
        f"{title}, point {place + 1}: {why}": f"{key}|{place + 1}"
        for title, key in titles.items()
        for place, why in charts[key].left_out.items()
    }
    chart = choice("chart", "Chart", titles)
    again = form(
        "ControlPointCounted", "A point counts again", choice("left_out", "Which", left_out), ask("reason", "Why", "text"),
        send="It counts",
    )  # fmt: skip
    return [
        group(
            "limits", "Limits of control charts", [],
            form(
                "ControlPointExcluded", "A point has a cause of its own", chart, ask("point", "Point, by its number on the chart", "whole"),
                ask("reason", "What the cause was", "text"), send="Leave it out of the limits",
            ),
            *([again] if left_out else []),
            form(
                "ControlLimitsRevised", "Find limits anew", chart, ask("first_point", "From point", "whole"),
                ask("last_point", "To point", "whole"), ask("reason", "What was changed", "text"), send="They hold from now on",
            ),
        )
    ]  # fmt: skip


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


def _wrong(run: Run, now: QualityAtHand) -> Form:
    codes = run.plant.layout.reasons.defect

    def those(*standings: str) -> Mapping[str, str]:
        open_ones = (it for it in now.nonconformances if it.standing in standings)
        return {f"{it.nonconformance}: {it.unfounded or it.description}": it.nonconformance for it in open_ones}

    defect = [choice("code", "Which defect", {"–": "", **{it: it for it in codes}})] if codes else []
    back = {"–": "", **{it: it for names in now.rework_to.values() for it in names}}
    return group(
        "nonconformances", "Nonconformances", [],
        *wrong_forms(run, {it: it for it in now.lots}),
        form(
            "NonconformanceContained", "Contained", choice("nonconformance", "Which", those("raised"), none="Nothing is raised."),
            ask("action", "What was done at once", "text"), send="Say so",
        ),
        form(
            "NonconformanceDispositioned", "Decide", choice("nonconformance", "Which", those("contained"), none="Nothing is undecided."),
            choice("disposition", "What becomes of it", {it: it for it in DISPOSITIONS}),
            ask("quantity", "Pieces, if not all that is left of it", "whole", needed=False),
            choice("rework_to", "Rework from operation", back), *defect, ask("reason", "Reason", "text", needed=False),
        ),
        form(
            "NonconformanceClosed", "Close", choice("nonconformance", "Which", those("dispositioned"), none="Nothing is to be closed."),
            send="All of it is done",
        ),
        signing_form(run, "Sign a disposition", "disposition"),
    )  # fmt: skip


def _actions(run: Run, now: QualityAtHand) -> Form:
    """What shall keep a nonconformance from coming again; whether it has helped, the lots that are inspected after it say."""
    by = {"–": "", **person_choices(run.plant)}
    shown_on = {material_title(run.plant, it): f"{it}|" for it in run.plant.materials.materials}
    for plan in run.plant.layout.quality_plans.values():
        named = {f"{it.title or name} of {material_title(run.plant, plan.material)}": name for name, it in plan.characteristics.items()}
        shown_on |= {title: f"{plan.material}|{name}" for title, name in named.items()}

    def those(*standings: str) -> Mapping[str, str]:
        return {f"{it.action}: {it.measure}": it.action for it in now.actions if it.standing in standings}

    fields = (
        ask("root_cause", "Why it came about", "text"), ask("measure", "What shall be done", "text"),
        ask("due", "Until, as in 2026-03-02 14:00", "text"), choice("responsible", "By whom", by),
        ask("lot_count", "Good lots that will show that it helped", "whole"),
    )  # fmt: skip
    return group(
        "actions", "Corrective actions", [f"{it.action}: {it.measure}; {_standing(run, it)}" for it in now.actions],
        form(
            "CorrectiveActionOpened", "Keep it from coming again",
            choice(
                "nonconformance", "Of what", {f"{it.nonconformance}: {it.description}": it.nonconformance for it in now.causes},
                none="Nothing was wrong yet.",
            ),
            *fields, send="Open it",
        ),
        form(
            "CorrectiveActionOpened", "Keep it from ever coming", choice("material", "Lots that will show it", shown_on), *fields,
            send="Open it",
        ),
        form(
            "CorrectiveActionTaken", "Corrective action is done", choice("action", "Which", those("open"), none="None is open."),
            send="It is done",
        ),
        form(
            "CorrectiveActionChanged", "Another date or person", choice("action", "Which", those("open"), none="None is open."),
            ask("due", "Until, if another, as in 2026-03-02 14:00", "text", needed=False), choice("responsible", "By whom, if another", by),
            ask("reason", "Reason", "text"), send="Change it",
        ),
        form(
            "CorrectiveActionCancelled", "Cancel an action", choice("action", "Which", those("open", "taken"), none="None is open."),
            ask("reason", "Reason", "text"), send="Cancel it", mark="bad",
        ),
    )  # fmt: skip


def _standing(run: Run, it: CorrectiveAction) -> str:
    match it.standing:
        case "open":
            by = f" by {person_titles(run.plant, it.responsible)}" if it.responsible else ""
            return f"to be done until {local_time(run.plant, it.due_us)}{by}{', overdue' if it.is_overdue else ''}"
        case "taken":
            return f"done; {len(it.passed)} of {it.lots} lots have shown that it helped"
        case "effective":
            return f"has helped, as {it.lots} lots show"
        case "cancelled":
            return f"cancelled: {it.changes[-1]}"
    return "has not helped: the fault came again"


# What forms are made of
