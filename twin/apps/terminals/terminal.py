"""The terminal of a work center (/terminal?center=...): the queue, start, pause, counts, stops with their reasons, checks, help."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.models.esm import DataEvent

from twin.apps.feed import Feed
from twin.apps.one_by_one import OneByOne
from twin.apps.pages.page_frame import page
from twin.apps.pages.shifts.signing import release_batch, sign_batch, sign_decision, sign_result
from twin.apps.people.secret_forms import change_secret, own_secret_forms
from twin.apps.speaking.naming import dated, in_plant_time, named, with_dates
from twin.apps.terminals.command_forms import command_group
from twin.apps.terminals.declaring.shown import shown
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import floor_forms
from twin.apps.terminals.readers import earlier_of
from twin.apps.terminals.upkeep_forms import maintenance_here
from twin.apps.theme import STATE_COLORS, STATE_WORDS, card
from twin.apps.words import equipment_title, material_title, person_choices, person_titles, reason_words
from twin.model.calendars import spoken_duration
from twin.model.events import OperationsEvent
from twin.model.measures import US_PER_S
from twin.model.problems import listed
from twin.model.readiness.earlier import happened_at, is_earlier, may_be_earlier
from twin.model.states import WorkUnitState
from twin.results.process.courses import Course
from twin.results.readiness.queues import NO_OBSTACLES, obstacle_words
from twin.results.readiness.terminal import AlarmHere, DocumentHere, JobHere, TerminalNow, terminal_now
from twin.results.trade.promised_first import LinePromised, changed_words, promise_words, promised_first
from twin.results.views.business.purchasing import waits_after
from twin.results.views.overview import local_time
from twin.store.proof.badges import Session, SignOnRefused

KEPT_ANSWERS = 50
_MINUTE_US = 60 * US_PER_S
_SCRIPTS = (
    "entry_keeper.js",
    "away/last_shown.js",
    "sign_on.js",
    "floor_forms.js",
    "several_lots.js",
    "process_courses.js",
    "work_terminal.js",
)
_HERE = Path(__file__).parent


class WorkTablet(JSComponent):
    """Draws the terminal, and keeps what a person has entered until it is answered.

    Panel Material UI takes any component whose name ends with "Terminal" for one of xterm.js.
    """

    terminal = param.String(default="", doc="what is written as the place where things are said")
    persons = param.List(default=[], doc="[{id, title}]")
    reasons = param.Dict(default={}, doc="what -> the reasons to choose from")
    by_hand = param.Boolean(default=False, doc="persons count and report stops here; else machines do")
    asks_pin = param.Boolean(default=False, doc="whoever says something has signed on with a PIN")
    is_signed_elsewhere = param.Boolean(default=False, doc="the page says who stands here: `signed_on`")
    who_first = param.String(default="Scan your badge first.", doc="what is said to nobody, where the page says who stands here")
    idle_s = param.Number(default=300, doc="so long after the last press a session ends, s")
    signed_on = param.Dict(default={}, doc="person, token of the session that was begun here last")
    now = param.Dict(default={}, doc="units, next, batches, queue, checks, held, lots, done, forms; what is not there is not drawn")
    ahead_days = 0
    notes = param.Dict(default={}, doc="entry id -> what whoever has said it has to know, though it was taken; of those in `answers`")
    answers = param.Dict(default={}, doc="entry id -> words of its refusal, or nothing; the last of them, and how many")
    looked = param.Integer(default=0, doc="the last question of the page whether its session is still there")

    _esm = "".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS).replace(
        "export function keepEntries", "function keepEntries"
    )

    def __init__(self, feed: Feed, entered: Entered | None = None, renew: Callable[[], None] | None = None, **options: Any) -> None:
        plant, badges = feed.run.plant, feed.badges
        shown = {
            "persons": [{"id": name, "title": title} for title, name in person_choices(plant).items()],
            "reasons": plant.layout.reasons.model_dump(), "by_hand": feed.run.scenario.policies.reports == "persons",
            "asks_pin": badges.are_asked_for, "idle_s": badges.idle_s, "sizing_mode": "stretch_width",
        }  # fmt: skip
        super().__init__(**{**shown, **options})  # type: ignore[no-untyped-call]
        self._feed, self._entered = feed, entered or Entered(feed.run)
        self._renew = renew  # shows what has changed before whoever has said it hears the answer
        self._one_by_one = OneByOne()  # entries arrive in their order, and the server goes on meanwhile
        self._answer_count = 0
        self._noted: dict[str, str] = {}  # by entry id
        self._signed: dict[str, str] = {}
        self._place = str(self.terminal)  # as this page was built, whatever a browser makes of it
        self.attend()
        self.on_msg(self._hear)

    def _hear(self, told: DataEvent) -> None:
        if isinstance(told.data, dict) and "look" in told.data:
            self._look(told.data)
        elif isinstance(told.data, dict):
            entry = {**told.data, "heard_s": time.monotonic()}  # it may wait here for those before it
            self._one_by_one.ask(lambda: self._take(entry), lambda words: self._answer(str(entry.get("id", "")), words))

    def _look(self, told: dict[str, Any]) -> None:
        """The page asks whether its session is there, and says what stands there; what was lost on the way to it is sent once more."""
        here = {it["id"]: [int(it["state"]), it["job_order"]] for it in self.now.get("units", [])}
        if told.get("shows", here) != here:
            self.now = {**self.now, "again": told["look"]}
        self.looked = told["look"] if isinstance(told["look"], int) else 0

    def attend(self) -> None:
        """Somebody has this page open, now: what there is to choose from may be other than it was."""
        if (reasons := self._feed.run.plant.layout.reasons.model_dump()) != self.reasons:
            self.reasons = reasons
        self._feed.badges.hear(self._place)

    def _answer(self, entry_id: str, words: str) -> None:
        if self._signed.get("id") == entry_id:
            self.signed_on = self._signed
        if self._renew:
            self._renew()
        last = dict(list(self.answers.items())[-KEPT_ANSWERS:])
        last.pop(entry_id, None)
        self.notes = {known: self._noted[known] for known in (*last, entry_id) if known in self._noted}  # before the answers
        self._answer_count += 1  # else an answer that is given again would be no change, and not be sent
        self.answers = {**last, "count": str(self._answer_count), entry_id: words}

    def _take(self, entry: dict[str, Any]) -> str:
        """Do what was said; "" or words."""
        who, kind = {name: str(entry.get(name, "")) for name in ("person", "terminal")}, entry.get("kind")
        badges, token, entry_id = self._feed.badges, str(entry.get("token", "")), str(entry.get("id", ""))
        said = entry.get("said") or {}
        if not isinstance(said, dict):
            return "what is said is no table of fields"
        if who["terminal"] != self._place:
            return f"this page speaks for '{self._place}' alone; allowed: the page of the terminal where it is said"
        if kind == "SignOn":
            return self._sign_on(**who, pin=str(said.get("pin", "")), entry_id=entry_id)
        session = Session(**who, token=token)
        if words := badges.doubt(token, session.person, session.terminal, was_kept=bool(entry.get("was_kept"))):
            return words
        if kind == "SignOff":
            badges.sign_off(token, **who)
            return ""
        if kind in ("SecretChanged", "SecretGiven"):
            return change_secret(self._feed, str(kind), session, said)
        fields = {name: str(said.get(name, "")) for name in ("secret", "reason", "meaning", "lot", "job_order", "result", "decision")}
        match kind:
            case "Sign":
                return self._feed.sign(
                    fields["job_order"], **who, secret=fields["secret"], meaning=fields["meaning"], entry_id=entry_id, session=session
                )
            case "SignBatch":
                return sign_batch(self._feed, session, fields["lot"], fields["secret"], fields["meaning"], entry_id)
            case "SignResult":
                return sign_result(self._feed, session, fields["result"], fields["secret"], fields["meaning"], entry_id)
            case "SignDecision":
                return sign_decision(self._feed, session, fields["decision"], fields["secret"], fields["meaning"], entry_id)
            case "ReleaseBatch":
                return release_batch(self._feed, session, fields["lot"], fields["secret"], fields["reason"], entry_id)
        return self._enter(entry, entry_id, session)

    def _as_of(self, event: OperationsEvent, entry: dict[str, Any], at_us: int) -> OperationsEvent:
        """What was written as its time, or what was pressed while the server was away, was so then."""
        age, heard_s = entry.get("age_s"), entry.get("heard_s", time.monotonic())
        then_us = earlier_of(self._feed.run.plant, entry.get("said") or {}, "happened", at_us)
        if then_us is not None:
            return happened_at(event, then_us, at_us)
        return self._feed.as_of(event, age + time.monotonic() - heard_s, at_us) if isinstance(age, int | float) and age > 0 else event

    def _enter(self, entry: dict[str, Any], entry_id: str, session: Session) -> str:
        made: list[OperationsEvent] = []
        promised: list[LinePromised] = []

        def event(at_us: int) -> OperationsEvent:
            made.append(self._as_of(self._entered.event(entry, at_us), entry, at_us))
            promised[:] = promised_first(self._feed.run, made[-1])
            return made[-1]

        words = self._feed.enter(event, entry_id, session=session)
        if made and not words:
            with self._feed.run.lock:
                run = self._feed.run
                note = waits_after(run, made[-1]) or promise_words(run, promised) or changed_words(run, made[-1])
            if is_earlier(made[-1]):
                note = f"it counts from {local_time(self._feed.run.plant, made[-1].effective_us)}"
            elif self._was_earlier(entry, made[-1]):
                note = f"it counts from {local_time(self._feed.run.plant, made[-1].effective_us)}, when it arrived"
            if note:
                self._noted[entry_id] = note
        plant, now_us = self._feed.run.plant, self._feed.now_us
        told = named(in_plant_time(plant, now_us, words), self.now.get("forms", []), entry)  # before days are taken for examples
        return dated(plant, now_us, told, self.ahead_days)

    def _was_earlier(self, entry: dict[str, Any], event: OperationsEvent) -> bool:
        """Whether it was pressed before the time from which it counts."""
        age, feed = entry.get("age_s"), self._feed
        may_be = may_be_earlier(event, by_hand=feed.run.scenario.policies.reports == "persons")
        return may_be and isinstance(age, int | float) and age > 0 and feed.then_us(age, event.effective_us) < event.effective_us

    def _sign_on(self, person: str, terminal: str, pin: str, entry_id: str) -> str:
        try:
            token = self._feed.badges.sign_on(person, pin, terminal)
        except SignOnRefused as refusal:
            return str(refusal)
        self._signed = {"person": person, "token": token, "id": entry_id}
        return ""


def terminal_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer; without a work center in the address, the ways to all of them."""
    plant = feed.run.plant
    centers = plant.layout.work_centers
    asked = pn.state.session_args.get("center", [b""])[0].decode(errors="replace")
    if asked not in centers:
        return page(feed, "Terminals", "/terminal", [_ways(feed, asked)], lambda: None)

    def refresh() -> None:
        terminal.attend()
        shown = _shown(feed, asked)
        if shown != terminal.now:
            terminal.now = shown

    terminal = WorkTablet(feed, None, refresh, terminal=f"terminal {asked}", now=_shown(feed, asked))
    return page(feed, f"Terminal of {centers[asked].title or asked}", "/terminal", [terminal], refresh)


def _ways(feed: Feed, asked: str) -> Any:
    centers = feed.run.plant.layout.work_centers
    wrong = f"There is no work center '{asked}'; allowed: {listed(centers)}." if asked else ""
    links = "".join(
        f"<a href='/terminal?center={escape(name, quote=True)}' style='display:block;padding:18px;margin:8px 0;border-radius:12px;"
        f"border:1px solid currentColor;color:inherit;font:600 18px Roboto,system-ui,sans-serif;text-decoration:none'>"
        f"{escape(it.title or name)}</a>"
        for name, it in centers.items()
    )
    return card("Which work center?", pn.pane.HTML(f"<p>{escape(wrong)}</p>{links}" if wrong else links, sizing_mode="stretch_width"))


def _shown(feed: Feed, center: str) -> dict[str, Any]:
    """All that the terminal shows, as plain values."""
    run = feed.run
    with run.lock:
        now_us = max(run.now_us, feed.now_us)
        now = terminal_now(run, center, now_us)
        lots = [name for name, lot in run.mes.lots.items() if lot.in_process or lot.on_hand]
        said = [*command_group(run, center), *floor_forms(run, center), *maintenance_here(run, center), *own_secret_forms(feed)]
        forms = with_dates(run.plant, now_us, said)
    idle = {it.equipment for it in now.units if it.state == WorkUnitState.IDLE}
    return {
        "units": _units(feed, now, now_us), "next": _starts(now, idle), "batches": _batches(now),
        "queue": _queue(feed, now, idle, now_us), "checks": _checks(feed, now, now_us), "held": now.held, "lots": lots,
        "done": [it.job_order for it in now.done], "forms": forms,
    }  # fmt: skip


def _starts(now: TerminalNow, idle: set[str]) -> dict[str, str]:
    """By idle unit the job order that is offered there: the first of the queue that no other unit has been offered."""
    found: dict[str, str] = {}
    for it in now.queue:
        free = next((unit for unit in it.units if unit in idle and unit not in found), "") if it.is_ready else ""
        if free:
            found[free] = it.job.job_order
    return found


def _batches(now: TerminalNow) -> dict[str, Any]:
    """By idle unit that takes several lots at once: which are ready, which are proposed, and how much it takes."""
    return {
        unit: {"job_orders": list(it.job_orders), "proposed": list(it.proposed), "most": f"at most {it.maximum} {it.counts} at a time"}
        for unit, it in now.batches.items()
    }


def _units(feed: Feed, now: TerminalNow, now_us: int) -> list[dict[str, Any]]:
    plant = feed.run.plant
    return [
        {
            "id": it.equipment, "title": equipment_title(plant, it.equipment), "state": it.state, "label": STATE_WORDS[it.state],
            "color": STATE_COLORS[it.state], "reason": reason_words(it.reason),
            "since": _since(now_us - it.since_us) if it.since_us >= 0 else "",
            "person": person_titles(plant, it.person) if it.person else "", "jobs": [_job(feed, job) for job in it.jobs],
            "job_order": "+".join(job.job_order for job in it.jobs), "is_stopped": it.is_stopped, "calls": it.calls,
            "alarms": [_alarm(feed, alarm) for alarm in it.alarms],
            "courses": [_course(course) for course in it.courses],
            "stop": f"{it.equipment}|{it.unexplained_since_us}|{it.reason}" if it.unexplained_since_us >= 0 else "",
        }
        for it in now.units
    ]  # fmt: skip


def _since(lasts_us: int) -> str:
    """How long it has lasted, minute by minute: what is told each second would be sent each second."""
    return f"for {spoken_duration(lasts_us // _MINUTE_US * _MINUTE_US)}" if lasts_us >= _MINUTE_US else "for less than a minute"


def _alarm(feed: Feed, it: AlarmHere) -> dict[str, Any]:
    """What stands at a machine, and what may be said to it."""
    what = "alert" if it.is_alert else "alarm"
    return {
        "key": f"{what}|{it.equipment}|{it.alarm}", "title": it.title, "state": it.state, "message": it.message, "response": it.response,
        "since": f"since {local_time(feed.run.plant, it.since_us)}, {it.priority}", "calls": it.calls, "resets": it.resets,
    }  # fmt: skip


def _course(it: Course) -> dict[str, Any]:
    """A process value as the tablet draws it: the last one with what is allowed, and the way there."""
    unit, limits = f" {it.unit}" if it.unit else "", it.declared
    return {
        "id": it.parameter, "title": it.title, "value": f"{it.values[-1][1]:g}{unit}" if it.values else "not observed yet",
        "asked": it.asked, "level": it.level, "points": [value for _, value in it.values],
        "limits": [limit for limit in (limits.stop_below, limits.warn_below, limits.warn_above, limits.stop_above) if limit is not None],
    }  # fmt: skip


def _job(feed: Feed, job: JobHere) -> dict[str, Any]:
    plant = feed.run.plant
    return {
        "job_order": job.job_order, "material": material_title(plant, job.material), "step": f"{job.operation} {job.step}",
        "quantity": job.quantity, "good": job.good, "scrap": job.scrap, "rework": job.rework, "left": job.left, "order": job.order,
        "due": local_time(plant, job.due_us), "documents": [_document(feed, it) for it in job.documents],
    }  # fmt: skip


def _document(feed: Feed, it: DocumentHere) -> dict[str, Any]:
    """The released revision at the point of use, and who has read it."""
    plant = feed.run.plant
    return {
        **shown(it), "id": it.document, "digest": it.digest, "asks": it.asks and bool(it.revision),
        "read_by": ", ".join(person_titles(plant, who) for who in it.read_by) or "nobody",
    }  # fmt: skip


def _queue(feed: Feed, now: TerminalNow, idle: set[str], now_us: int) -> list[dict[str, Any]]:
    plant = feed.run.plant
    return [
        {
            **_job(feed, it.job), "rank": it.rank, "blocked": obstacle_words(plant, it.obstacle, now_us) if it.obstacle else "",
            "is_ready": it.is_ready, "is_free": it.obstacle is None or it.obstacle.why in NO_OBSTACLES,
            "free_units": [{"id": unit, "title": equipment_title(plant, unit)} for unit in it.units if unit in idle] if it.is_ready else [],
        }
        for it in now.queue
    ]  # fmt: skip


def _checks(feed: Feed, now: TerminalNow, now_us: int) -> list[dict[str, Any]]:
    return [
        {
            "plan": it.plan, "title": it.title, "lot": it.lot, "characteristic": it.characteristic,
            "name": it.declared.title or it.characteristic.replace("_", " "), "kind": it.declared.kind, "unit": it.declared.unit,
            "asked": it.declared.asked, "missing": it.missing, "pieces": it.pieces, "codes": it.codes,
            "until": f"until {local_time(feed.run.plant, it.due_us)}" if it.due_us >= 0 else "", "is_late": 0 <= it.due_us < now_us,
        }
        for it in now.checks
    ]  # fmt: skip
