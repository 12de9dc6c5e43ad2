"""Costs of losses, as values: the difference in every account, and in what customers got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.statements import income_sections
from twin.model.plant import Plant
from twin.model.settlement.chart import ACCOUNTS
from twin.results.frames import from_rows, in_currency
from twin.study.losses.estimate import Estimate, shared_out
from twin.study.losses.found import US_PER_MIN, LossFound
from twin.study.replication import Replicated

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "loss", "equipment", "reason", "occurrence", "began", "min", "job_order", "pieces", "cost_eur", "cost_low_eur", "cost_high_eur",
    "gross_profit_eur", "variances_eur", "not_absorbed_eur", "others_eur", "under_way_eur", "late_orders", "late_min", "unshipped_orders",
    "goes_on", "deadlock",
)  # fmt: skip
ACCOUNT_COLUMNS = ("loss", "equipment", "reason", "occurrence", "account", "title", "is_income", "changed_eur")
FOUND_COLUMNS = ("loss", "equipment", "reason", "occurrence", "began", "min", "job_order", "pieces", "goes_on")
_GROUPS = {
    "Gross profit": "gross_profit", "Losses and variances": "variances", "Labour not absorbed": "not_absorbed",
    "Machine time not absorbed": "not_absorbed", "Energy not absorbed": "not_absorbed", "Overhead not absorbed": "not_absorbed",
}  # fmt: skip
GROUPS = ("gross_profit", "variances", "not_absorbed", "others")
_INCOME = {account: section for section, accounts in income_sections(ACCOUNTS) for account in accounts}


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCost:
    """One loss: what it has changed, against the run without it.

    `changed` : balance with it - balance without it of each account that differs, minor units, debit > 0; over all accounts they are 0
    `late_orders`, `late_us`, `unshipped_orders` : by so much more with it; below zero where it has helped
    `under_way_minor` : by so much more work was under way at the end with it, which the books have when it ends, and will bear it then
    `deadlock` : the run without it came to one, and stood there to the end
    `estimate` : of a stop that nobody could play again, what it costs in each of the futures whose mean the others are; else None
    """

    found: LossFound
    changed: Mapping[str, int]
    late_orders: float
    late_us: int
    unshipped_orders: float
    under_way_minor: int
    deadlock: str = ""
    estimate: Estimate | None = None

    @property
    def cost_minor(self) -> int:
        """The result without it less the result with it: above zero it has cost, below it has helped."""
        return sum(minor for account, minor in self.changed.items() if account in _INCOME)

    @property
    def range_minor(self) -> tuple[int, int]:
        """The least and the most that it may have cost, as far as is known: of an estimate those of all futures, else the cost itself."""
        return (self.estimate.low_minor, self.estimate.high_minor) if self.estimate else (self.cost_minor, self.cost_minor)

    @property
    def sections(self) -> dict[str, int]:
        """The cost by section of the income statement, where there is any."""
        found: dict[str, int] = {}
        for account, minor in self.changed.items():
            if account in _INCOME:
                found[_INCOME[account]] = found.get(_INCOME[account], 0) + minor
        return {section: minor for section, minor in found.items() if minor}

    @property
    def groups(self) -> dict[str, int]:
        """The same in four: gross profit, variances and scrap, what was not absorbed, others."""
        found = dict.fromkeys(GROUPS, 0)
        for section, minor in self.sections.items():
            found[_GROUPS.get(section, "others")] += minor
        return found

    @property
    def late_minutes(self) -> float:
        """How much later orders were, in minutes."""
        return self.late_us / US_PER_MIN

    @property
    def has_effect(self) -> bool:
        """Whether anything differs in the books or for a customer."""
        return bool(self.changed or self.late_orders or self.late_us or self.unshipped_orders or self.under_way_minor)


def cost_of(found: LossFound, with_it: Replicated, without: Replicated) -> LossCost:
    """The difference of two runs that are equal but for one loss."""
    changed = {code: with_it.accounts[code] - without.accounts[code] for code in with_it.accounts}
    more = {name: with_it.delivery[name] - without.delivery[name] for name in with_it.delivery}
    return LossCost(
        found=found, changed={code: minor for code, minor in changed.items() if minor}, late_orders=more["late"], late_us=more["late_us"],
        unshipped_orders=more["orders"] - more["shipped"], under_way_minor=more["under_way_minor"], deadlock=without.deadlock,
    )  # fmt: skip


def mean_cost(found: LossFound, costs: Sequence[LossCost]) -> LossCost:
    """One loss in several futures: the mean of each figure, rounded so that debits are credits still, and what it costs in each of them."""
    count, codes = len(costs), sorted({code for it in costs for code in it.changed}, key=lambda code: (code not in _INCOME, code))
    means = shared_out([sum(it.changed.get(code, 0) for it in costs) for code in codes], count)
    return LossCost(
        found=found, changed={code: minor for code, minor in zip(codes, means, strict=True) if minor},
        late_orders=round(sum(it.late_orders for it in costs) / count, 1), late_us=round(sum(it.late_us for it in costs) / count),
        unshipped_orders=round(sum(it.unshipped_orders for it in costs) / count, 1),
        under_way_minor=round(sum(it.under_way_minor for it in costs) / count),
        deadlock=next((it.deadlock for it in costs if it.deadlock), ""),
        estimate=Estimate(costs_minor=tuple(it.cost_minor for it in costs)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOfLosses:
    """What single losses of a run have cost, each by itself, the dearest first. They do not add up: one may hide behind another.

    `accounts`, `delivery` : of the run as it was; `found` : all its losses; `asked_count` : of how many the cost was asked
    `assumed` : of a run that nobody can play again, what its costs are estimated by, in words; of one that can, nothing
    """

    plant: Plant
    seed: int
    from_us: int
    until_us: int
    accounts: Mapping[str, int]
    delivery: Mapping[str, int]
    costs: tuple[LossCost, ...]
    found: tuple[LossFound, ...]
    asked_count: int
    assumed: tuple[str, ...] = ()

    @property
    def is_estimated(self) -> bool:
        """Whether costs are estimates with a spread; else they are exact, for a run that was played again."""
        return bool(self.assumed)

    @property
    def basis(self) -> str:
        """What the costs are, in words."""
        if not self.is_estimated:
            return "The same run without that one loss, to the same end; costs of single losses do not add up."
        known = next((it.estimate for it in self.costs if it.estimate), None)
        if known is None:
            return "This run cannot be played again, and there was no stop whose cost could be estimated."
        return (
            "Estimates, since this run cannot be played again: what was known just before each stop goes on to the same end in"
            f" {len(known.costs_minor)} futures, with it and without it; the cost is their mean, and as far as the model is the plant,"
            f" the true one lies from the least to the most in {known.covers:.0%} of all cases. Costs of single stops do not add up."
        )

    @property
    def stopped(self) -> bool:
        """Whether somebody ended it before all was known."""
        return len(self.costs) < self.asked_count

    @property
    def not_asked(self) -> tuple[LossFound, ...]:
        """Losses of which nobody has asked the cost, or it is not known."""
        known = {it.found.left_out for it in self.costs}
        return tuple(it for it in self.found if it.left_out not in known)

    @property
    def scope(self) -> str:
        """Of which losses the cost is known, in words."""
        left = self.not_asked
        others = f"; the other {len(left)} lasted {sum(it.duration_us for it in left) / US_PER_MIN:,.0f} min in all" if left else ""
        return f"{len(self.costs)} of {len(self.found)} losses{others}"

    @property
    def table(self) -> pd.DataFrame:
        """A row for each loss: cost in all and in four parts, and what it did to customers; instants are UTC."""
        return in_currency(from_rows([_row(it) for it in self.costs], COLUMNS, ("began",)), self.plant.layout.currency)

    @property
    def accounts_table(self) -> pd.DataFrame:
        """Every account that a loss has changed: debit > 0; those of the income statement are its cost, all of them together 0."""
        rows = [
            {**_name(it.found), "account": code, "title": ACCOUNTS[code].title, "is_income": code in _INCOME, "changed_eur": minor / 100}
            for it in self.costs
            for code, minor in it.changed.items()
        ]
        return in_currency(from_rows(rows, ACCOUNT_COLUMNS), self.plant.layout.currency)

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, ready for JSON: money in minor units, instants in us since 1970 UTC."""
        return {
            "plant": self.plant.id, "currency": self.plant.layout.currency, "seed": self.seed, "from_us": self.from_us,
            "until_us": self.until_us, "losses_found": len(self.found), "asked": self.asked_count, "stopped": self.stopped,
            "delivery": dict(self.delivery),
            "is_estimated": self.is_estimated, "assumed": list(self.assumed),
            "losses": [
                {
                    **_name(it.found), **_told(it.found), "cost_minor": it.cost_minor, "sections_minor": it.sections,
                    "changed_minor": dict(it.changed), "under_way_minor": it.under_way_minor,
                    "late_orders": it.late_orders, "late_us": it.late_us,
                    "unshipped_orders": it.unshipped_orders, "has_effect": it.has_effect, "deadlock": it.deadlock,
                    "estimate": it.estimate.summary() if it.estimate else None,
                }
                for it in self.costs
            ],
        }  # fmt: skip


def found_table(found: tuple[LossFound, ...] | list[LossFound]) -> pd.DataFrame:
    """Losses as a table; instants are UTC."""
    rows = [{**_name(it), "began": it.at_us, "min": it.minutes, **_more(it)} for it in found]
    return from_rows(rows, FOUND_COLUMNS, ("began",))


def _name(it: LossFound) -> dict[str, Any]:
    named = it.left_out
    return {"loss": named.loss, "equipment": named.equipment, "reason": named.reason, "occurrence": named.occurrence}


def _more(it: LossFound) -> dict[str, Any]:
    return {"job_order": it.job_order, "pieces": it.pieces, "goes_on": it.goes_on}


def _told(it: LossFound) -> dict[str, Any]:
    return {"at_us": it.at_us, "duration_us": it.duration_us, **_more(it)}


def _row(it: LossCost) -> dict[str, Any]:
    return {
        **_name(it.found), "began": it.found.at_us, "min": it.found.minutes, **_more(it.found), "cost_eur": it.cost_minor / 100,
        "cost_low_eur": it.range_minor[0] / 100, "cost_high_eur": it.range_minor[1] / 100,
        **{f"{group}_eur": minor / 100 for group, minor in it.groups.items()},
        "under_way_eur": it.under_way_minor / 100, "late_orders": it.late_orders, "late_min": it.late_minutes,
        "unshipped_orders": it.unshipped_orders, "deadlock": it.deadlock,
    }  # fmt: skip
