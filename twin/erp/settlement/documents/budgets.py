"""What is planned of an account for a month: as the plant declares it, until a person plans it otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.procurement.sourcing_entries import beyond
from twin.model.events import BudgetSet, OperationsEvent
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.chart import EARNING
from twin.model.settlement.finance import MONTH_FORM

if TYPE_CHECKING:
    from twin.erp.erp import Erp


class Budgets:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._earning = [code for code, it in erp.ledger.accounts.items() if it.kind in EARNING]
        declared = erp.plant.materials.finance.budgets
        self.planned = {month: dict(amounts) for month, amounts in declared.items()}  # minor units, by month and account
        self.rules: dict[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]] = {BudgetSet: self._set}

    def _set(self, event: BudgetSet) -> list[OperationsEvent]:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        if not re.fullmatch(MONTH_FORM, event.month):
            doubts.append(f"'{event.month}' is no month; allowed: YYYY-MM, as 2026-03")
        if event.account not in self._earning:
            what = f"no account of the income statement is called '{event.account}'{did_you_mean(event.account, self._earning)}"
            doubts.append(f"{what}; allowed: {listed(self._earning, 60)}")
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        self.planned.setdefault(event.month, {})[event.account] = event.amount_minor
        return []
