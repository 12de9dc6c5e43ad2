"""What can happen: frozen facts in ISA-95 terms, by level. Every event class registers itself by name."""

from twin.model.events.business import (
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    InvoiceIssued,
    JournalPosted,
    LandedCostAllocated,
    LateJournalPosted,
    OperationsRequestReleased,
    OverheadIncurred,
    PeriodClosed,
    PeriodCloseRequested,
    ProductUnbuilt,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    StandardCostReleased,
    StockCounted,
    ValuationMethodChanged,
    WorkInProcessCounted,
)
from twin.model.events.entries import (
    CountCorrected,
    Entry,
    EntryRefused,
    HelpAnswered,
    HelpCalled,
    PiecesCounted,
    SecretRefused,
    SetupDone,
    SignedOff,
    StopEnded,
    StopReasonCorrected,
    StopReported,
)
from twin.model.events.exchange import MessageReceived, OperationsRequestScheduled, OperationsRequestWithdrawn
from twin.model.events.genealogy import AlternateChosen, LotMerged, LotMergeRequested, LotScanned
from twin.model.events.labour.clocking import ClockedOff, ClockedOn, ClockingCorrected, PersonnelActualCorrected
from twin.model.events.labour.shift import BatchRecordReleased, ShiftHandedOver, ShiftNoteLeft
from twin.model.events.operations_event import EVENT_TYPES, OperationsEvent, event_from_fields, event_to_fields
from twin.model.events.plant import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentModeChanged,
    EquipmentStateChanged,
    Heartbeat,
    LotSetDown,
    MaterialIdentified,
    OperationSkipped,
    ProcessValueObserved,
    QueueTimeExceeded,
    SignalHeard,
)
from twin.model.events.production import (
    EquipmentActual,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCommandRefused,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    LotCreated,
    LotMoved,
    LotSplit,
    MaterialActual,
    OperationsResponse,
    PersonnelActual,
    TestResultRecorded,
    WorkAlertRaised,
)
from twin.model.events.quality import (
    ControlLimitsFrozen,
    CorrectiveActionOpened,
    CorrectiveActionTaken,
    CorrectiveActionVerified,
    DefectsCounted,
    DispositionCarriedOut,
    GaugeMeasured,
    InspectionConcluded,
    InspectionJudged,
    InspectionOverruled,
    LotDispositionChanged,
    LotHoldRequested,
    LotReleaseRequested,
    NonconformanceClosed,
    NonconformanceContained,
    NonconformanceDispositioned,
    NonconformanceRaised,
    RecordSigned,
    TestRequested,
    TestResultCorrected,
)
from twin.model.events.readiness.documents import DocumentAcknowledged, DocumentReleased, DocumentsInForce, DocumentWithdrawn
from twin.model.events.readiness.process import (
    PhaseStateChanged,
    ProcessDeviationCleared,
    ProcessDeviationFound,
    SetpointConfirmed,
    SetpointRefused,
    SetpointRequested,
    StepConfirmed,
    WorkPromptRaised,
)
from twin.model.events.readiness.tools import (
    LotExpedited,
    LotExpeditingEnded,
    LotSplitRequested,
    ToolAssigned,
    ToolMounted,
    ToolPlaced,
    ToolReconditioned,
)
from twin.model.events.scheduling import SchedulePublished
from twin.model.events.settlement.bank import BankLineAssigned, BankLineMatched, BankLineReceived, BankLineUnmatched, BankStatementEntered
from twin.model.events.settlement.bills import BillReceived, MatchBlocked, MatchReleased, TaxCharged
from twin.model.events.settlement.payments import CashReceived, DunningIssued, EntryProposed, LiabilityPaid, PaymentMade, PaymentOrdered
from twin.model.events.settlement.standards import StandardRollUpRequested
from twin.model.events.trade.changes import OperationsRequestCancelled, OperationsRequestChanged, OperationsRequestRevised
from twin.model.events.trade.corrections import (
    GoodsReceiptEntered,
    LandedCostEntered,
    OverheadEntered,
    ReceiptCorrectionEntered,
    UnbuildEntered,
    ValuationChangeRequested,
)
from twin.model.events.trade.planning import PlanningParametersSet
from twin.model.events.trade.procurement import (
    BillEntered,
    BillMatched,
    BillReleaseRequested,
    BlanketOrderAgreed,
    BlanketOrderCalled,
    OfficeEntry,
    PurchaseOrderChanged,
    PurchaseOrderClosed,
    PurchaseOrderRevised,
    PurchaseRequisitionApproved,
    PurchaseRequisitionRaised,
    PurchaseRequisitionRejected,
    QuoteAccepted,
    QuoteReceived,
    RfqSent,
)
from twin.model.events.trade.sales import (
    CreditLimitChanged,
    ForecastIssued,
    OrderPromised,
    ReturnAccepted,
    SalesQuoteAccepted,
    SalesQuoteOffered,
    ShipmentHeld,
    ShipmentHoldLifted,
    ShipmentReleased,
)
from twin.model.events.trade.subcontracting import (
    ServicePriceAgreed,
    ServiceReceived,
    SubcontractComponentsUsed,
    SubcontractOrderPlaced,
    SupplierStockCounted,
)
from twin.model.events.upkeep.alarms import (
    AlarmAccepted,
    AlarmEntry,
    AlarmEscalated,
    AlarmReset,
    AlarmReturnedToService,
    AlarmShelved,
    AlarmTakenOutOfService,
    AlarmUnshelved,
)
from twin.model.events.upkeep.maintenance import (
    CalibrationPerformed,
    MaintenanceCancelled,
    MaintenanceEntry,
    MaintenancePerformed,
    MaintenanceRequested,
    MaintenanceScheduled,
    MaintenanceStarted,
    MaintenanceWorked,
    SparePartIssued,
    SparePartReserved,
)
from twin.model.events.upkeep.supervision import JobOrderReassigned, ModeChangeRequested, PersonReassigned, RequestExpedited
from twin.model.events.upkeep.unit_commands import UnitCommandAnswered, UnitCommandGiven, UnitCommandRequested
from twin.model.events.warehouse.bins import (
    BinCounted,
    BinTransferred,
    CycleCountRequested,
    LotExpiryRecorded,
    LotExpirySet,
    PutAway,
    SerialNumbersAssigned,
)
from twin.model.events.warehouse.picking import (
    Packed,
    Picked,
    PickListCancelled,
    PickListReleased,
    ReservationReleased,
    StockReserved,
    WaveReleased,
)

__all__ = [
    "EVENT_TYPES", "AlarmAccepted", "AlarmAcknowledged", "AlarmCleared", "AlarmEntry", "AlarmEscalated", "AlarmRaised", "AlarmReset",
    "AlarmReturnedToService", "AlarmShelved", "AlarmTakenOutOfService", "AlarmUnshelved",
    "AlternateChosen", "BankLineAssigned", "BankLineMatched",
    "BankLineReceived", "BankLineUnmatched", "BankStatementEntered", "BatchRecordReleased", "BillEntered", "BillMatched", "BillReceived",
    "BillReleaseRequested", "BinCounted", "BinTransferred", "BlanketOrderAgreed", "BlanketOrderCalled", "CalibrationPerformed",
    "CashReceived", "ClockedOff", "ClockedOn", "ClockingCorrected", "ControlLimitsFrozen", "CorrectiveActionOpened",
    "CorrectiveActionTaken", "CorrectiveActionVerified", "CountCorrected", "CountObserved", "CreditLimitChanged", "CycleCountRequested",
    "DefectsCounted", "DispositionCarriedOut", "DocumentAcknowledged", "DocumentReleased", "DocumentWithdrawn", "DocumentsInForce",
    "DunningIssued", "EnergyMetered", "Entry", "EntryProposed", "EntryRefused", "EquipmentActual", "EquipmentModeChanged",
    "EquipmentStateChanged", "ForecastIssued", "GaugeMeasured", "GoodsReceiptCorrected", "GoodsReceiptEntered",
    "GoodsReceived", "GoodsReturned", "GoodsShipped", "GoodsTakenBack",
    "Heartbeat", "HelpAnswered", "HelpCalled", "InspectionConcluded", "InspectionJudged", "InspectionOverruled", "InvoiceIssued",
    "JobOrderAborted", "JobOrderCommand", "JobOrderCommandRefused", "JobOrderCompleted", "JobOrderCreated", "JobOrderHeld",
    "JobOrderPaused", "JobOrderReassigned", "JobOrderResumed", "JobOrderStarted", "JournalPosted", "LandedCostAllocated",
    "LandedCostEntered", "LateJournalPosted", "LiabilityPaid", "LotCreated", "LotDispositionChanged", "LotExpedited", "LotExpeditingEnded",
    "LotExpiryRecorded", "LotExpirySet", "LotHoldRequested", "LotMergeRequested", "LotMerged", "LotMoved", "LotReleaseRequested",
    "LotScanned", "LotSetDown", "LotSplit", "LotSplitRequested", "MaintenanceCancelled", "MaintenanceEntry", "MaintenancePerformed",
    "MaintenanceRequested", "MaintenanceScheduled", "MaintenanceStarted", "MaintenanceWorked", "MatchBlocked", "MatchReleased",
    "MaterialActual",
    "MaterialIdentified", "MessageReceived", "ModeChangeRequested", "NonconformanceClosed", "NonconformanceContained",
    "NonconformanceDispositioned", "NonconformanceRaised", "OfficeEntry", "OperationSkipped", "OperationsEvent",
    "OperationsRequestCancelled", "OperationsRequestChanged", "OperationsRequestReleased", "OperationsRequestRevised",
    "OperationsRequestScheduled", "OperationsRequestWithdrawn", "OperationsResponse", "OrderPromised", "OverheadEntered",
    "OverheadIncurred", "Packed", "PaymentMade", "PaymentOrdered", "PeriodCloseRequested", "PeriodClosed", "PersonReassigned",
    "PersonnelActual", "PersonnelActualCorrected", "PhaseStateChanged", "PickListCancelled", "PickListReleased", "Picked", "PiecesCounted",
    "PlanningParametersSet", "ProcessDeviationCleared", "ProcessDeviationFound", "ProcessValueObserved", "ProductUnbuilt",
    "PurchaseOrderChanged", "PurchaseOrderClosed", "PurchaseOrderPlaced", "PurchaseOrderRevised", "PurchaseRequisitionApproved",
    "PurchaseRequisitionRaised", "PurchaseRequisitionRejected", "PutAway", "QueueTimeExceeded", "QuoteAccepted", "QuoteReceived",
    "ReceiptCorrectionEntered", "RecordSigned", "RequestExpedited", "ReservationReleased", "ReturnAccepted", "RfqSent",
    "SalesOrderConfirmed", "SalesQuoteAccepted", "SalesQuoteOffered", "SchedulePublished", "SecretRefused", "SerialNumbersAssigned",
    "ServicePriceAgreed", "ServiceReceived", "SetpointConfirmed", "SetpointRefused", "SetpointRequested", "SetupDone", "ShiftHandedOver",
    "ShiftNoteLeft", "ShipmentHeld", "ShipmentHoldLifted", "ShipmentReleased", "SignalHeard", "SignedOff", "SparePartIssued",
    "SparePartReserved", "StandardCostReleased", "StandardRollUpRequested", "StepConfirmed", "StockCounted", "StockReserved", "StopEnded",
    "StopReasonCorrected", "StopReported", "SubcontractComponentsUsed", "SubcontractOrderPlaced", "SupplierStockCounted", "TaxCharged",
    "TestRequested", "TestResultCorrected", "TestResultRecorded", "ToolAssigned", "ToolMounted", "ToolPlaced", "ToolReconditioned",
    "UnbuildEntered", "UnitCommandAnswered", "UnitCommandGiven", "UnitCommandRequested", "ValuationChangeRequested",
    "ValuationMethodChanged", "WaveReleased", "WorkAlertRaised", "WorkInProcessCounted", "WorkPromptRaised", "event_from_fields",
    "event_to_fields",
]  # fmt: skip
