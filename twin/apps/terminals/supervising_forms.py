"""The forms of who answers for the floor: hot lots, values in order again, alarms out of service."""

from __future__ import annotations

from typing import Any

from twin.apps.people.presence_forms import presence_group
from twin.apps.people.reservation_forms import reservation_group
from twin.apps.people.staff_forms import staff_group
from twin.apps.terminals.command_forms import command_group
from twin.apps.terminals.declaring.anew_forms import floor_anew_forms
from twin.apps.terminals.declaring.section_forms import declared_group
from twin.apps.terminals.forms import Form, ask, choice, form, group, process_group
from twin.apps.terminals.readers import Said, parts_of, text_of
from twin.apps.words import choices, equipment_title, material_title, person_titles
from twin.mes.alarms.alarm import AlarmRecord, Key
from twin.mes.execution import ENDED
from twin.model import events as e
from twin.model.plant import Plant
from twin.results.run import Run
from twin.results.views.overview import local_time


def supervisor_forms(run: Run) -> list[Form]:
    """What is said on the supervisor page. Called with the run's lock."""
    people = [presence_group(run), staff_group(run)] if run.plant.layout.persons else []
    return [
        *command_group(run),
        _hot_lots(run),
        process_group(run),
        _alarms(run),
        reservation_group(run),
        *people,
        *floor_anew_forms(run),
        declared_group(run),
    ]


def _hot_lots(run: Run) -> Form:
    """Those that are hot, and the others on which there is still something to do, the one that is due first before the others."""
    mes, reasons = run.mes, run.mes.hot_lots.reasons
    jobs = sorted((job for job in mes.execution.job_orders.values() if job.status not in ENDED), key=lambda job: (job.due_us, job.lot))
    open_jobs = {job.lot: job for job in jobs if job.lot in mes.tracking.lots}
    others = {
        f"{lot}: {material_title(run.plant, job.material)}, due {local_time(run.plant, job.due_us)}": lot
        for lot, job in open_jobs.items()
        if lot not in reasons
    }
    return group(
        "hot_lots", "Hot lots", [f"{lot} is a {why}" for lot, why in reasons.items()] or ["No lot is hot."],
        form(
            "LotExpedited", "Let a lot go first", choice("lot", "Lot", others, none="There is no other lot to be worked on."),
            ask("reason", "Reason", "text"), send="It goes first",
        ),
        form(
            "LotExpeditingEnded", "It waits its turn", choice("lot", "Hot lot", {lot: lot for lot in reasons}, none="No lot is hot."),
            send="It waits its turn",
        ),
    )  # fmt: skip


def _alarms(run: Run) -> Form:
    """All that were raised so far, what was raised last before the others."""
    plant, known = run.plant, sorted(run.mes.alarms.all.values(), key=lambda it: (-it.raised_us, it.key))
    out, in_service = [(it, said) for it in known if (said := it.out_of_service)], [it for it in known if not it.out_of_service]
    notes = [
        f"{_title(plant, it)}: since {local_time(plant, said.at_us)}, by {person_titles(plant, said.person)}: {said.reason}"
        for it, said in out
    ]
    there, returned = (choices({_joined(it.key): _title(plant, it) for it in those}) for those in (in_service, [it for it, _ in out]))
    return group(
        "alarms", "Alarms out of service", notes or ["Every alarm is in service."],
        form(
            "AlarmTakenOutOfService", "Take an alarm out of service", choice("alarm", "Alarm", there, none="Nothing was raised yet."),
            ask("reason", "Reason", "text"), send="Take it out of service", mark="bad",
        ),
        form(
            "AlarmReturnedToService", "Return an alarm to service",
            choice("alarm", "Alarm", returned, none="Every alarm is in service."),
            send="It is heard again",
        ),
    )  # fmt: skip


def _title(plant: Plant, it: AlarmRecord) -> str:
    where = equipment_title(plant, it.equipment) if it.equipment else it.subject
    return f"{it.declared.title or it.alarm.replace('_', ' ')} · {where or 'the plant'}" + (" (alert)" if it.is_alert else "")


def _joined(key: Key) -> str:
    is_alert, subject, alarm = key
    return f"{'alert' if is_alert else 'alarm'}|{subject}|{alarm}"


def alarm_said(run: Run, kind: type[e.AlarmEntry], said: Said, at: dict[str, Any]) -> e.AlarmEntry:
    """As an event about what the alarm is about."""
    what, subject, alarm = parts_of(said, "alarm", 3)
    it = run.mes.alarms.all.get((what == "alert", subject, alarm))
    if it is None:
        raise ValueError(f"alarm: {subject or 'the plant'} has raised no {what} '{alarm}'; allowed: one of what is offered")
    about: dict[str, Any] = {"equipment": it.equipment, "lot": it.lot, "job_order": it.job_order, "request": it.request}
    if kind is e.AlarmTakenOutOfService:
        about["reason"] = text_of(said, "reason")
    return kind(**at, **about, alarm=alarm, is_alert=it.is_alert)
