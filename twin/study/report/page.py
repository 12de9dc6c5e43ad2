"""A comparison as HTML: one file with all that it needs, and the short form for a notebook."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from twin.model.measures import write_duration
from twin.results.outcomes import Outcome
from twin.study.report.drawing import COLORS, figure
from twin.study.statistics.best import MONTE_CARLO_ERROR

if TYPE_CHECKING:
    from twin.study.comparing import Compared, Comparison

FIRST_ASKED = ("on_time_share", "lead_time_h_mean", "shipped_per_day", "oee", "cost", "result")
"""Outcomes (of money: without the currency) that are shown where there is no room for all."""

STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:980px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.5rem;margin:0 0 .2rem} h2{font-size:1.1rem;margin:2.2rem 0 .4rem} p{margin:.3rem 0} .soft{color:var(--soft)}
.scroll{overflow-x:auto} .scroll td:first-child,.scroll th:first-child{position:sticky;left:0;background:var(--paper)}
ul{padding-left:1.2rem;margin:.4rem 0}
"""
TABLE_STYLE = """
.twin-study table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92em}
.twin-study th,.twin-study td{padding:5px 9px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap;color:var(--ink)}
.twin-study th{white-space:normal}
.twin-study th{color:var(--soft);font-weight:600} .twin-study th:first-child,.twin-study td:first-child{text-align:left}
.twin-study .better{color:var(--better);font-weight:600} .twin-study .worse{color:var(--worse);font-weight:600}
"""


def asked_first(outcomes: Sequence[str]) -> list[str]:
    """Those outcomes that people ask for first."""
    return [name for name in outcomes if name in FIRST_ASKED or name.rpartition("_")[0] in FIRST_ASKED]


def notebook_html(comparison: Comparison) -> str:
    """The outcomes that are asked for first, as one table and no figures."""
    parts = [f"<p>{_said_of_it(comparison)}</p>"]
    for name in asked_first(list(comparison.outcomes)):
        outcome = comparison.outcomes[name]
        parts.append(f"<p><b>{html.escape(outcome.heading)}</b></p>{_table(outcome, comparison.compared(name))}")
    return f"<div class='twin-study'><style>{COLORS}{TABLE_STYLE}</style>{''.join(parts)}</div>"


def page(comparison: Comparison, outcomes: Sequence[str] | None = None) -> str:
    """The whole report: what was asked, each outcome with its figure and table, and how to read them."""
    names = list(outcomes or comparison.outcomes)
    plant = comparison.cases[0].plant
    parts = []
    for name in names:
        outcome, compared = comparison.outcomes[name], comparison.compared(name)
        better = f"{outcome.better} is better"
        parts.append(
            f"<section><h2>{html.escape(outcome.heading)} <span class='soft'>({better})</span></h2><p>{_in_words(outcome, compared)}</p>"
            f"{figure(outcome, compared).svg}<div class='scroll'>{_table(outcome, compared)}</div></section>"
        )
    asked = "".join(
        f"<li><b>{html.escape(case.name)}</b>: {html.escape(case.scenario.title or 'untitled')}</li>" for case in comparison.cases
    )
    title = html.escape(f"{plant.title}: {' / '.join(comparison.names)}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>{title}</title><style>{COLORS}{STYLE}{TABLE_STYLE}</style></head>"
        f"<body class='twin-study'><main><h1>{html.escape(plant.title)}</h1>"
        f"<p class='soft'>{_said_of_it(comparison)}</p><ul>{asked}</ul>{''.join(parts)}{_how_to_read(comparison)}</main></body></html>\n"
    )


def _said_of_it(comparison: Comparison) -> str:
    case = comparison.cases[0]
    left_out = f", the first {write_duration(case.warm_up_us)} left out" if case.warm_up_us else ""
    first = comparison.results[0][0].seed
    stopped = f"; stopped before the {comparison.asked_count} that were asked for" if comparison.stopped else ""
    many = f"{len(comparison.results)} replications of {write_duration(case.span_us)} for each scenario{left_out}"
    by_rule = (
        " Played by rule alone, without the records of an MES; costs are reckoned from what the plant has said." if case.by_rule else ""
    )
    stuck = "".join(f" {name} came to a deadlock in {said}." for name, said in comparison.deadlocks.items())
    return html.escape(f"{many}, with the same seeds ({first} to {comparison.results[-1][0].seed}){stopped}.{by_rule}{stuck}")


def _in_words(outcome: Outcome, compared: Sequence[Compared]) -> str:
    """What can be said of one outcome, and what cannot."""
    if not compared[0].mean.count:
        return "Not known in enough replications."
    best = max(compared, key=lambda one: one.best_probability)
    if len({one.best_probability for one in compared}) == 1:
        return "No scenario is better than another."
    surely = f"The true mean of <b>{html.escape(best.name)}</b> is the best with a probability of {_probability(best.best_probability)}"
    won = max(compared, key=lambda one: (one.best_share, one is best))
    others = "" if won is best else f"; {html.escape(won.name)} won the most, {100 * won.best_share:.0f} %"
    return f"{surely}, by the differences seed by seed. Of single replications it won {100 * best.best_share:.0f} %{others}."


def _table(outcome: Outcome, compared: Sequence[Compared]) -> str:
    heads = ("", "mean", "mean in", "P10", "P50", "P90", f"difference to {compared[0].name}", "best mean", "won")
    rows = "".join(_table_row(outcome, one) for one in compared)
    return f"<table><thead><tr>{''.join(f'<th>{html.escape(head)}</th>' for head in heads)}</tr></thead><tbody>{rows}</tbody></table>"


def _table_row(outcome: Outcome, one: Compared) -> str:
    gap, said = "", ""
    if one.difference is not None and one.difference.count > 1:
        said = outcome.shown_difference(one.difference.mean, one.difference.low, one.difference.high)
        if one.difference.excludes_zero:
            gap = "better" if (one.difference.mean > 0) == (outcome.better == "higher") else "worse"
    mean, *spread = (outcome.shown(value) for value in (one.mean.mean, one.p10, one.p50, one.p90))
    values = (mean, outcome.shown_range(one.mean.low, one.mean.high), *spread)
    cells = "".join(f"<td>{value}</td>" for value in values)
    share = "-" if math.isnan(one.best_share) else f"{100 * one.best_share:.0f} %"
    best = f"<td>{_probability(one.best_probability)}</td><td>{share}</td>"
    return f"<tr><td>{html.escape(one.name)}</td>{cells}<td class='{gap}'>{said}</td>{best}</tr>"


def _probability(value: float) -> str:
    """As well as it is known: nothing is certain after so many replications."""
    if math.isnan(value):
        return "-"
    return "> 99.9 %" if value > 0.999 else "< 0.1 %" if value < 0.001 else f"{100 * value:.1f} %"


def _how_to_read(comparison: Comparison) -> str:
    share, count = f"{comparison.confidence:.0%}", len(comparison.cases) - 1
    jointly = f" All {count} differences of an outcome hold together with {share} (Bonferroni)." if count > 1 else ""
    lines = (
        (
            f"“Mean in” is the interval that holds the true mean with {share} (Student's t, of shares in their log odds: never beyond 0 or"
            " 100 %; where all replications were there, Wilson's). It says how well the mean is known, not how one run turns out. That is"
            " what P10 to P90 say: eight of ten replications lie between them."
        ),
        (
            f"Differences are taken seed by seed (common random numbers), so that chance that strikes all scenarios drops out.{jointly}"
            " A coloured difference is one that chance alone does not explain; a grey one may be nothing."
        ),
        (
            "“Best mean” is the probability that this scenario's true mean is the best of those compared, given these replications"
            f" and nothing else (multivariate t, nearly normal means; for more than two scenarios to ± {2 * MONTE_CARLO_ERROR:.1%})."
            " It does not cover what the plant's files get wrong, and each outcome is judged by itself: of many outcomes,"
            " one in twenty that are equal will look different."
        ),
        (
            "“Won” counts the replications with which it was the best; equal ones share. A scenario with the best mean may win few of"
            " them: where it loses, it loses little."
        ),
    )
    return f"<section><h2>How to read this</h2><ul class='soft'>{''.join(f'<li>{line}</li>' for line in lines)}</ul></section>"
