"""The nouns of the messages: schedules, performance, material, personnel, equipment, events. Fields in the order of B2MML V0700."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.exchange.parts import DateTime, HierarchyScope, Id, Part, Property, Quantity

OperationsType = Literal["Production", "Maintenance", "Quality", "Inventory", "Mixed"]
RequestState = Literal["Forecast", "Released", "Cancelled"]
ResponseState = Literal[
    "Waiting", "Pending", "Ready", "Dispatched", "Running", "Paused", "Held", "Suspended", "Completed", "Aborted", "Cancelled", "Closed"
]
Direction = Literal[
    "Consumable", "Consumed", "Produced", "By-product Produced", "Co-product Produced", "Yield Produced", "Destructive Sample",
    "Returned Sample", "Retained Sample", "Inventoried", "Scrapped",
]  # fmt: skip
Disposition = Literal["Planned", "In-Process", "Restricted", "UnRestricted", "Closed"]


class MaterialRequirement(Part):
    """Material that an operations request wants made."""

    material_definition_id: Id
    material_use: Literal["Produced"] = "Produced"
    quantity: Quantity


class SegmentRequirement(Part):
    """What one segment of a request is to give; the routing of the plant says how."""

    id: Id
    material_requirement: Annotated[list[MaterialRequirement], Field(min_length=1, max_length=1)]


class OperationsRequest(Part):
    """Level 4 asks Level 3 for one material."""

    id: Id
    operations_type: OperationsType = "Production"
    start_time: DateTime | None = None
    end_time: DateTime  # when it is due
    priority: int = 0
    request_state: RequestState = "Released"
    segment_requirement: Annotated[list[SegmentRequirement], Field(min_length=1, max_length=1)]
    customer_order_id: str = Field(default="", alias="CustomerOrderID")  # an extension: whom it is for


class OtherRequest(Part):
    """What another Level 4 wants otherwise of a request that it has told before; what is left out stays."""

    id: Id
    operations_type: OperationsType = "Production"
    start_time: DateTime | None = None
    end_time: DateTime | None = None
    priority: int | None = None
    request_state: RequestState = "Released"
    segment_requirement: Annotated[list[SegmentRequirement], Field(max_length=1)] = []
    customer_order_id: str = Field(default="", alias="CustomerOrderID")


class OtherSchedule(Part):
    """Requests that were told before, and are changed (Change) or cancelled (Cancel)."""

    id: Id
    hierarchy_scope: HierarchyScope | None = None
    start_time: DateTime | None = None
    end_time: DateTime | None = None
    published_date: DateTime | None = None
    operations_request: Annotated[list[OtherRequest], Field(min_length=1)]


class OperationsSchedule(Part):
    """Requests that belong together."""

    id: Id
    hierarchy_scope: HierarchyScope | None = None
    start_time: DateTime | None = None
    end_time: DateTime | None = None
    published_date: DateTime | None = None
    operations_request: list[OperationsRequest] = []


class MaterialActual(Part):
    """Material that a job order took, gave or lost; `Changed`: by how much that is more, or less, than was told."""

    material_definition_id: Id
    material_lot_id: str = ""
    material_use: Direction
    quantity: Quantity
    record_action: Literal["Added", "Changed"] = "Added"
    material_actual_property: list[Property] = []


class EquipmentActual(Part):
    """Time and energy that equipment gave."""

    equipment_id: Id
    equipment_use: str = "Production"
    equipment_actual_property: list[Property] = []


class PersonnelActual(Part):
    """Time that a person gave; `quantity` in microseconds."""

    person_id: Id
    personnel_use: str = "Work"
    quantity: Quantity
    personnel_actual_property: list[Property] = []


class SegmentData(Part):
    """Something else that was so in a segment response: here, the life of its job order, one entry a change."""

    id: Id
    segment_data_property: list[Property] = []


class SegmentResponse(Part):
    """What a job order really took and gave."""

    id: Id
    operations_segment_id: str = ""
    actual_start_time: DateTime | None = None
    actual_end_time: DateTime | None = None
    segment_state: ResponseState = "Running"
    segment_data: list[SegmentData] = []
    personnel_actual: list[PersonnelActual] = []
    equipment_actual: list[EquipmentActual] = []
    material_actual: list[MaterialActual] = []


class OperationsResponse(Part):
    """Level 3 answers a request, as far as it has come."""

    id: Id
    operations_type: OperationsType = "Production"
    operations_request_id: str = ""  # empty: actuals that belong to no request
    operations_definition_id: str = ""
    end_time: DateTime | None = None
    response_state: ResponseState = "Running"
    operations_response_property: list[Property] = []
    segment_response: list[SegmentResponse] = []


class OperationsPerformance(Part):
    """Responses that belong together."""

    id: Id
    hierarchy_scope: HierarchyScope | None = None
    start_time: DateTime | None = None
    end_time: DateTime | None = None
    published_date: DateTime | None = None
    operations_response: list[OperationsResponse] = []


class OperationsEvent(Part):
    """One event of any level, as B2MML V0700 has it: two times, what it was, and its properties."""

    id: Id
    operations_event_definition_id: Id
    operations_event_level: Literal["Level2", "Level3", "Level4"]
    record_action: Literal["Added", "Deleted", "Changed", "Observed"] = "Observed"
    effective_time_stamp: DateTime
    record_time_stamp: DateTime | None = None
    operations_event_property: list[Property] = []


class MaterialDefinition(Part):
    """A kind of thing."""

    id: Id
    description: str = ""
    material_definition_property: list[Property] = []


HOLD_REASON = "HoldReason"
"""Property of a lot that is restricted: why, in words."""


class MaterialLot(Part):
    """A traceable amount of one definition."""

    id: Id
    material_definition_id: Id
    disposition: Disposition = "UnRestricted"
    storage_location: str = ""
    quantity: Quantity
    material_lot_property: list[Property] = []


class MaterialInformation(Part):
    """Definitions and lots."""

    id: Id
    published_date: DateTime | None = None
    material_definition: list[MaterialDefinition] = []
    material_lot: list[MaterialLot] = []


class PersonnelClass(Part):
    """A qualification."""

    id: Id
    description: str = ""


class QualificationTestSpecification(Part):
    """A test by which somebody has the qualification of a class."""

    id: Id
    description: str = ""
    personnel_class_id: Id


class QualificationTestResult(Part):
    """Somebody has passed a test, and has what it is of until then."""

    id: Id
    qualification_test_specification_id: Id
    test_date_time: DateTime | None = None
    expiration: DateTime | None = None  # left out: it does not end


class Person(Part):
    """One who has qualifications."""

    id: Id
    person_name: str = ""
    personnel_class_id: list[str] = []
    person_property: list[Property] = []
    qualification_test_result: list[QualificationTestResult] = []


class PersonnelInformation(Part):
    """Classes and persons."""

    id: Id
    published_date: DateTime | None = None
    personnel_class: list[PersonnelClass] = []
    person: list[Person] = []
    qualification_test_specification: list[QualificationTestSpecification] = []


class EquipmentClass(Part):
    """Equipment that can stand in for one another."""

    id: Id
    description: str = ""


class Equipment(Part):
    """One piece of equipment, with what is within it."""

    id: Id
    description: str = ""
    equipment_level: Literal["Enterprise", "Site", "Area", "WorkCenter", "WorkUnit", "StorageUnit", "Other"]
    equipment_class_id: list[str] = []
    equipment_property: list[Property] = []
    equipment_child: list[Equipment] = []


class EquipmentInformation(Part):
    """Classes, and the hierarchy from the site down."""

    id: Id
    published_date: DateTime | None = None
    equipment_class: list[EquipmentClass] = []
    equipment: list[Equipment] = []
