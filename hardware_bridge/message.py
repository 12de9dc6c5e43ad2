"""Facts without a controller (an order, a delivery, a count, a test result) as JSON texts, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from twin.model.events import OperationsEvent, event_from_fields
from twin.model.events.operations_event import SUBJECT_FIELDS

_OF_BUSINESS = {"SalesOrderConfirmed", "GoodsReceived", "StockCounted", "WorkInProcessCounted"}
MESSAGES = frozenset(
    {*_OF_BUSINESS, "OperationSkipped", "QueueTimeExceeded", "TestResultRecorded", "DefectsCounted", "JobOrderCommandRefused", "Heartbeat"}
)
"""What may come as a message. Whoever can write to the node must not be able to post to the ledger."""


class Envelope(NamedTuple):
    """What must be known of a message before it is understood. `life`: see `Signal`."""

    sequence: int
    life: int
    effective_us: int


def write_message(fact: OperationsEvent, own: Mapping[str, Any], *, sequence: int, life: int) -> str:
    """The fact as JSON; `own`: the fields of its class."""
    subject = {name: value for name in SUBJECT_FIELDS if (value := getattr(fact, name))}
    said = {"sequence": sequence, "life": life, "type": type(fact).__name__, "effective_us": fact.effective_us, **subject, "fields": own}
    return json.dumps(said, separators=(",", ":"), allow_nan=False)


def read_envelope(text: str) -> Envelope:
    """Number, life and time of a message.

    Raises
    ------
    ValueError : the text is no message
    """
    said = json.loads(text)
    match said:
        case {"sequence": int(sequence), "life": int(life), "effective_us": int(effective_us)}:
            return Envelope(sequence, life, effective_us)
    raise ValueError(f"this is no message; allowed: a JSON object with whole numbers for {', '.join(Envelope._fields)}")


def read_message(text: str, recorded_us: int) -> OperationsEvent:
    """The fact in a message that became known at `recorded_us`.

    Raises
    ------
    ValueError : it holds none that may come as a message, with the reason
    """
    said = json.loads(text)
    try:
        kind, own = said["type"], said["fields"]
        if kind not in MESSAGES:
            raise ValueError(f"'{kind}' is no message; allowed: {', '.join(sorted(MESSAGES))}")
        subject = {name: said[name] for name in SUBJECT_FIELDS if name in said}
        return event_from_fields(kind, {"effective_us": said["effective_us"], "recorded_us": recorded_us, **subject}, own)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no message: {error}; allowed: a JSON object with type, fields and effective_us") from None
