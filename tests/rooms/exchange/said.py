"""Messages of another ERP and another MES, as they would send them."""

from __future__ import annotations

import json
from typing import Any

START = "2026-03-02T06:00:00Z"


def message(name: str, bodid: str, *content: dict[str, Any]) -> dict[str, Any]:
    verb = next(it for it in ("Process", "Sync", "Show", "Get", "Change", "Cancel") if name.startswith(it))
    noun = name.removeprefix(verb)
    data: dict[str, Any] = {verb: {}, **({noun: list(content)} if content else {})}
    return {name: {"ReleaseID": "V0700", "ApplicationArea": {"BODID": bodid, "Sender": {"LogicalID": "SAP"}}, "DataArea": data}}


def request(name: str, material: str, quantity: int, end: str = "2026-03-04T06:00:00Z", **more: Any) -> dict[str, Any]:
    wanted = {"MaterialDefinitionID": material, "Quantity": {"QuantityString": str(quantity)}}
    return {"ID": name, "EndTime": end, "SegmentRequirement": [{"ID": material, "MaterialRequirement": [wanted]}], **more}


def schedule(bodid: str, *requests: dict[str, Any]) -> dict[str, Any]:
    return message("ProcessOperationsSchedule", bodid, {"ID": f"{bodid}/plan", "OperationsRequest": list(requests)})


def text(document: dict[str, Any]) -> str:
    return json.dumps(document)


def outcome(answer: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Name of the answer, its action code, and the reasons."""
    ((name, body),) = answer.items()
    (criterion,) = body["DataArea"]["Acknowledge"]["ResponseCriteria"]
    return name, criterion["ResponseExpression"]["actionCode"], criterion["ChangeStatus"].get("Reason", [])
