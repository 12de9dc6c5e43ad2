"""Roles of the office: what takes which, for programs by their tokens and for persons by the plant file.

On the floor nobody needs one: what a person may do there is a matter of qualifications.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from twin.model import events as e
from twin.model.problems import listed

if TYPE_CHECKING:
    from twin.model.plant import Person

Role = Literal["planner", "sales", "purchasing", "warehouse", "finance", "trainer", "security"]
"""What a person may have; a program may be a reader too, or of the production."""
ROLES: tuple[Role, ...] = ("planner", "sales", "purchasing", "warehouse", "finance", "trainer", "security")
TRAINER: Role = "trainer"
"""Who may pause a plant that is played, and set its speed. It enters nothing: no program needs it."""
SECURITY: Role = "security"
"""Who may give somebody who has forgotten it a new PIN or secret; nobody may where nobody has it. No program needs it."""
ENTRIES: dict[type[e.Entry], str] = {
    e.PurchaseRequisitionRaised: "purchasing",
    e.PurchaseRequisitionApproved: "purchasing",
    e.PurchaseRequisitionRejected: "purchasing",
    e.RfqSent: "purchasing",
    e.QuoteReceived: "purchasing",
    e.QuoteAccepted: "purchasing",
    e.BlanketOrderAgreed: "purchasing",
    e.BlanketOrderCalled: "purchasing",
    e.PurchaseOrderEntered: "purchasing",
    e.PurchaseOrderChanged: "purchasing",
    e.PurchaseOrderClosed: "purchasing",
    e.OverDeliveryDecided: "purchasing",
    e.GoodsReceiptEntered: "warehouse",
    e.PlanningParametersSet: "purchasing",
    e.PlannedOrderFrozen: "planner",
    e.PlannedOrderFreed: "planner",
    e.ForecastEntered: "planner",
    e.DispatchRuleChanged: "planner",
    e.OperationsRequestChanged: "planner",
    e.OperationsRequestCancelled: "planner",
    e.SalesQuoteOffered: "sales",
    e.SalesQuoteAccepted: "sales",
    e.SalesOrderEntered: "sales",
    e.SalesOrderChanged: "sales",
    e.SalesOrderCancelled: "sales",
    e.ReturnAccepted: "sales",
    e.ShipmentReleased: "finance",
    e.CreditLimitChanged: "finance",
    e.BillEntered: "finance",
    e.BillReleaseRequested: "finance",
    e.PaymentOrdered: "finance",
    e.CostBillEntered: "finance",
    e.BillRejected: "finance",
    e.FreeInvoiceEntered: "finance",
    e.DebtWrittenOff: "finance",
    e.DownPaymentAsked: "finance",
    e.DownPaymentBillEntered: "finance",
    e.OpeningItemEntered: "finance",
    e.BudgetSet: "finance",
    e.EntryProposed: "finance",
    e.StandardRollUpRequested: "finance",
    e.BankStatementEntered: "finance",
    e.BankLineAssigned: "finance",
    e.BankMatchUndone: "finance",
    e.PaymentTakenBack: "finance",
    e.SetOffEntered: "finance",
    e.LandedCostEntered: "finance",
    e.MasterDataChanged: "finance",
    e.ExchangeRateEntered: "finance",
    e.ReceiptCorrectionEntered: "finance",
    e.OverheadEntered: "finance",
    e.ValuationChangeRequested: "finance",
    e.UnbuildEntered: "warehouse",
    e.StockCountEntered: "warehouse",
    e.StockWrittenOff: "warehouse",
    e.SupplierStockCounted: "warehouse",
    e.ServicePriceAgreed: "purchasing",
    e.CountCorrected: "production",
    e.StopReasonCorrected: "production",
    e.GaugeMeasured: "production",
    e.MaintenanceRequested: "production",
    e.MaintenanceScheduled: "production",
    e.MaintenanceStarted: "production",
    e.MaintenanceStepConfirmed: "production",
    e.MaintenancePerformed: "production",
    e.MaintenanceCancelled: "production",
    e.CalibrationPerformed: "production",
    e.ClockedOn: "production",
    e.ClockedOff: "production",
    e.ClockingCorrected: "production",
    e.ClockingEntered: "production",
    e.AbsenceEntered: "production",
    e.AttendanceEntered: "production",
    e.ShiftsSwapped: "production",
    e.SkillRecorded: "production",
    e.PersonnelChanged: "production",
    e.StepConfirmed: "production",
    e.StepCorrected: "production",
    e.PhaseReported: "production",
    e.DocumentReleased: "production",
    e.DocumentWithdrawn: "production",
    e.DocumentAcknowledged: "production",
    e.LotHoldRequested: "production",
    e.LotReleaseRequested: "production",
    e.NonconformanceRaised: "production",
    e.NonconformancePictured: "production",
    e.NonconformanceContained: "production",
    e.NonconformanceDispositioned: "production",
    e.NonconformanceClosed: "production",
    e.InspectionConcluded: "production",
    e.InspectionOverruled: "production",
    e.TestResultCorrected: "production",
    e.ControlPointExcluded: "production",
    e.ControlLimitsRevised: "production",
    e.CorrectiveActionOpened: "production",
    e.CorrectiveActionTaken: "production",
    e.CorrectiveActionChanged: "production",
    e.CorrectiveActionCancelled: "production",
    e.PiecesCounted: "production",
    e.SetupDone: "production",
    e.StopReported: "production",
    e.StopEnded: "production",
    e.HelpCalled: "production",
    e.HelpAnswered: "production",
    e.AlarmAccepted: "production",
    e.AlarmReset: "production",
    e.AlarmShelved: "production",
    e.AlarmUnshelved: "production",
    e.LotSplitRequested: "production",
    e.LotMergeRequested: "production",
    e.LotExpedited: "production",
    e.LotExpeditingEnded: "production",
    e.RequestExpedited: "production",
    e.JobOrderReassigned: "production",
    e.PersonReassigned: "production",
    e.ResourceReserved: "production",
    e.ResourceReservationEnded: "production",
    e.AlternateChosen: "production",
    e.ProcessDeviationCleared: "production",
    e.ProcessValueCorrected: "production",
    e.ToolPlaced: "production",
    e.ToolReconditioned: "production",
    e.CharacteristicChanged: "production",
    e.SamplingChanged: "production",
    e.ReasonsChanged: "production",
    e.ToolsChanged: "production",
    e.DeclarationChanged: "production",
}
"""What a program may say, and the role that it takes."""
WAREHOUSE_ENTRIES: dict[type[e.Entry], str] = {
    e.PutAway: "warehouse",
    e.Picked: "warehouse",
    e.BinTransferred: "warehouse",
    e.StockTransferIssued: "warehouse",
    e.StockTransferReceived: "warehouse",
    e.BinCounted: "warehouse",
    e.LotExpirySet: "warehouse",
    e.StockReserved: "warehouse",
    e.ReservationReleased: "warehouse",
}
"""The same where stock lies in bins; elsewhere nobody would hear it."""
PACKING_ENTRIES: dict[type[e.Entry], str] = {e.Packed: "warehouse"}
"""The same where something is packed."""
_MORE: dict[type[e.OperationsEvent], str] = {
    e.OperationsRequestReleased: "planner",
    e.SalesOrderConfirmed: "sales",
    e.PurchaseOrderPlaced: "purchasing",
    e.PeriodCloseRequested: "finance",
}
_ALL: tuple[Mapping[Any, str], ...] = (ENTRIES, WAREHOUSE_ENTRIES, PACKING_ENTRIES, _MORE)


def role_of(kind: type[e.OperationsEvent]) -> str:
    """The role that saying it takes; "" where it takes none."""
    return next((roles[kind] for roles in _ALL if kind in roles), "")


def lacks_role(persons: Mapping[str, Person], said: e.OperationsEvent) -> str:
    """Why a person may not say this on a page; "" if he may. A role that nobody has in this plant is everybody's."""
    role = role_of(type(said))
    if not any(role in it.roles for it in persons.values()):  # whoever had it and has left counts: it does not become everybody's
        return ""
    may = having(persons, role)
    allowed = listed(may) if may else "nobody who is here has it; somebody to whom plant.yaml gives it"
    return "" if said.person in may else f"{said.person} has not the role '{role}', which this takes; allowed: {allowed}"


def having(persons: Mapping[str, Person], role: str) -> list[str]:
    """Who has a role."""
    left = getattr(persons, "left", ())
    return [name for name, it in persons.items() if role in it.roles and name not in left]
