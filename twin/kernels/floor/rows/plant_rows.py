"""Where everything lies: the plant as rows of int64, and what each field of a row means. Read this first.

Four flat arrays hold a plant; every function of this room takes those of them that it needs, always under these names:

`plant`    int64, alive: header, equipment, causes of standing still, lots, timers. A copy of it is a copy of the plant.
`plan`     int64, never changed: routings, set-up matrices, calendars, demand, names. Shared by all copies of a plant.
`numbers`  float64, never changed: parameters of distributions, shares, expected times. Shared too.
`log`      int64, what the plant says, row after row (`EVENT_ROW`), and which lots are called what (`NAME_ROW`).

A row is known by its address, the place of its first field: `plant[unit + FAMILY]`; growing tables are found through the header.
Free rows of lots, requests and timers hang on one another. -1: nothing, where 0 is something. Times are in us, energy in W us until told.
"""

from __future__ import annotations

from collections.abc import MutableSequence

Ints = MutableSequence[int]
"""An int64 array, or the address of one: a kernel cannot tell them apart."""

Floats = MutableSequence[float]
"""A float64 array, or the address of one."""

# -- the header of `plant`

(
    NOW,  # the instant
    START,  # of the run
    END,  # the first instant that is not simulated any more
    PHASE,  # what comes next at this instant: HAPPEN, SETTLE, DECIDE
    SETTLE_IS_DUE,  # bits: TO_SETTLE, TO_END_ROUND of `timer_rows`
    IS_SETTLING,
    HAS_COMMANDS,  # commands wait to be obeyed in the next settle phase
    BEATS,  # heartbeats to tell at the end of the settle phase, a bit for each reason
    IS_BY_RULE,  # the rules decide; else whoever sends commands
    DECIDES_LEVEL_4,  # the rules decide for Level 4 too: requests, purchases, shipments
    STOPS_AT_ROUNDS,  # somebody wants to hear every round before the next
    IS_OFFSET,  # orders are released so that they have their planned lead time
    LOT_LIMIT,  # CONWIP: at most so many lots are in the plant
    LIMITS_WORK,  # some work centers have a limit of the work before them
    LOG_CAPACITY,  # rows
    LOG_RESERVE,  # rows that one step may write at most
    LOG_COUNT,
    ROUND_BEGIN,  # row of the log with which this round begins
    NAMES_AT,  # where in the log the names begin
    NAMES_CAPACITY,  # rows
    NAMES_RESERVE,
    NAMES_COUNT,
    BATCH_COUNT,  # batches that were ever started: their numbers
    EQUIPMENT_AT,
    EQUIPMENT_COUNT,
    CAUSES_AT,
    CAUSE_COUNT,
    CREWS_AT,
    CREW_COUNT,
    CLAIM_COUNT,  # failures that wait for a crew
    STORAGES_AT,
    STORAGE_COUNT,
    WATCHES_AT,
    WATCH_COUNT,
    STREAMS_AT,
    STREAM_COUNT,
    CENTERS_AT,
    CENTER_COUNT,
    TOUCHED_AT,  # places of equipment to be looked at
    TOUCHED_COUNT,
    LOOKS_AT,  # addresses of work centers to be looked at in the next decision
    LOOK_COUNT,
    URGENT_AT,  # what goes on after the settle phase, at the same instant: WORK_STARTS ..., and whom it concerns
    URGENT_FIRST,
    URGENT_COUNT,
    LOT_COUNT,  # rows of lots that there are
    LOT_FREE,  # first free lot, -1: none
    LOT_FREE_COUNT,
    LOT_LIVE_COUNT,
    LOT_SERIAL,  # lots that ever were: their numbers, from 1
    LOT_RESERVE,  # lots that one phase may need at most
    STORED_COUNT,  # lots that were ever put into a storage
    PLACES_HAVE_CHANGED,  # a place was taken, or asked for, since somebody looked for a deadlock
    PLACES_ARE_SOUGHT,  # while somebody waited a full storage was left, or a place was asked for, since places were last given away
    WAITING_FIRST,  # the lot that has waited longest for a place in a storage
    WAITING_LAST,
    REQUEST_COUNT,
    REQUEST_FREE,
    REQUEST_FREE_COUNT,
    BACKLOG_FIRST,  # the request to be released next
    BACKLOG_LAST,
    HEAP_AT,
    HEAP_COUNT,
    HEAP_IS_OPEN,  # the timer in its first place has been taken, and the place is kept for the next that is set; in the kernel alone
    TIMERS_AT,  # those of equipment, causes, calendars, orders, streams and the clock, in this order; the others lie anywhere
    TIMER_COUNT,  # timers that there are, and places in the heap
    TIMER_FREE,
    TIMER_FREE_COUNT,
    TIMER_RESERVE,  # timers that one phase may need at most
    MATERIALS_AT,
    MATERIAL_COUNT,
    STOCK_HAS_CHANGED,  # since purchases and shipments were last looked at
    PLANNED_FIRST,  # requests that wait for their release date, the earliest first
    NEWS_AT,  # what has happened and what follows from it, in the order in which it is worked through
    NEWS_FIRST,
    NEWS_COUNT,
    NEWS_CAPACITY,
    NEWS_RESERVE,  # that one step may add at most
    NEEDS_AT,  # room for what one explosion of a bill asks for
    PERSONS_AT,  # whether each person is taken, in a decision
    SENT_AT,  # what was decided, to be carried out in the next settle phase
    SENT_COUNT,
    REQUEST_SIZE,  # fields of a request: REQUEST_ROW, then one for each line of the longest bill
    REQUEST_RESERVE,  # requests that one step may need at most
    REQUEST_SERIAL,
    SCRATCH_AT,  # SCRATCH_SIZE fields for names, then one for each lot
    IS_LEAN_BUILD,  # 0; in the lean build 1: it draws ahead (`ground/ahead.py`), and what happens mostly it does at one go (`passing.py`)
    LOT_SIZE,  # fields of a lot: `fleet_rows.LOT_ROW`, then the equipment of each operation that a later one is bound to
    HEADER,
) = range(89)

HAPPEN, SETTLE, CONCLUDE, DECIDE, REST = range(5)
"""Phases of an instant."""

ENDED, ROUND, OBEY, LOG_FULL, NAMES_FULL, LOTS_FULL, REQUESTS_FULL, TIMERS_FULL, NEWS_FULL = range(1, 10)
"""Why the kernel has stopped: the end; a round to be heard; commands to be obeyed; a table to be grown before it goes on."""

# -- the header of `plan`

(
    KEYS_AT,  # Philox keys of the purposes, two words each
    STEPS_AT,
    STEP_COUNT,
    STEP_WORDS,  # words of a step's set of equipment
    DISTRIBUTIONS_AT,
    FAMILY_COUNT,
    LINES_AT,
    LINE_COUNT,
    DEFINITIONS_AT,  # of materials
    CLASSES_AT,  # qualifications: address and number of the persons who have each, in declared order
    STAFF_AT,  # persons, whose numbers begin with 1
    PERSON_COUNT,
    LEAD_TIMES_AT,  # for each material the distribution of its supplier, -1: none
    WEIGHTS_AT,  # place in `numbers` of the scale and the weights of the weighted rule
    OWN_RULES_AT,  # addresses of rules of the user's own: they hold in this process alone
    MOST_ALTERNATIVES,  # that an operation has
    PLAN_HEADER,
) = range(17)

RUN, SCRAP, CYCLE, FAILURE, REPAIR, INTERVAL, QUANTITY, LEAD_TIME, UPKEEP, TRANSPORT, SAMPLE = range(11)
"""Purposes of random streams, as PURPOSES names them."""

PURPOSES = ("run", "scrap", "cycle", "failure", "repair", "demand", "quantity", "lead_time", "maintenance", "transport", "sample")

# -- a row of equipment: work units, then each line followed by its stations

(
    KIND,  # WORK_UNIT, LINE, STATION
    PLACE,  # its number in the declared order
    IDLE_W,
    SETUP_W,
    EXECUTE_W,
    DOWN_W,
    DRAWS_POWER,
    WATCH,  # address of its calendar; -1: around the clock
    CAUSE_FIRST,  # number of its first cause of standing still
    CAUSES,  # how many it has
    HAS_UPKEEP,  # planned maintenance is among them
    CENTER,  # number of its work center
    MATRIX,  # address in `plan` of its set-up matrix; -1: no set-up takes time
    BATCH_MINIMUM,
    BATCH_MAXIMUM,  # 0: one lot at a time, and no batch rule
    BATCH_WAIT,
    BATCH_IN_PIECES,  # whether its batches are counted in pieces
    HANDLING_US,  # to load and to unload it
    STATION_COUNT,  # a line: its stations follow it
    TRANSFER_LOT,
    LINE_AT,  # a station: address of its line
    IS_LAST,  # a station: the last of its line
    CONVEYOR_AT,  # a station: address of its conveyor, a ring
    CONVEYOR_PLACES,
    CYCLE_DISTRIBUTION,
    CYCLE_ENTITY,
    STATION_SCRAP,  # place in `numbers` of its share of scrap
    NAME,  # text of "/<its name>"
    SEQUENCE_AT,  # in `plan`: its planned sequence, pairs of the number of a job order's name and its place, in the order of the numbers
    SEQUENCE_COUNT,
    LEAST_LOTS,  # of its minimum run; 0: they do not count
    LEAST_US,
    PATIENCE_US,
    IS_SET_UP_ALONGSIDE,  # while the job before still runs, from when the next is there
    # what changes
    STATE,
    TOLD_REASON,
    TOLD_JOB,
    TOLD_PERSONS,
    METERED_US,  # when its energy was last read
    UNREAD,  # energy below a Wh, W us
    STOP_STATE,  # why it may not work, as the last settle phase found it; 0: it may
    STOP_REASON,
    IS_AT_WORK,
    IS_STANDING,  # work was begun and waits to go on
    ACTIVITY,  # NO_WORK, SETTING_UP, RUNNING
    NEED_US,  # of its activity
    BEGUN_US,  # when this stretch of work began
    RUN_US,  # drawn at the start of the job, for after the set-up
    INSIDE_US,  # a cascade: how long its lots still are inside when it is free for the next
    IS_TOUCHED,
    HAS_JOB,
    JOB_PHASE,  # IN_SETUP, IN_RUN, IS_DONE
    JOB_LABEL,
    JOB_PERSONS,  # number of the text with the names
    JOB_CALENDARS,  # address of a list of the persons' calendars: how many, then each; 0: nobody is there
    JOB_LOT,  # first lot; the others hang on it by JOB_NEXT
    JOB_FAMILY,
    JOB_IS_KNOWN,  # it was told that the job is here: what it consumes is taken from stock
    IS_RESUMED,  # somebody was sent to go on, and nothing was told since
    LEFT_TO_COUNT,  # a line: pieces of its job not counted yet
    IS_SETUP_STAFFED,
    IS_RUN_STAFFED,
    FAMILY,  # that it is set up for, -1: none
    RUN_LOTS,  # of this family, since it was set up for it
    RUN_SINCE,
    DONE_US,  # when its last job was done
    RAN_FROM_US,  # when the run of its last job began, or of this one; of what is set up alongside
    ORDERED_STATE,  # Hold or Pause was commanded; 0: not
    ORDERED_REASON,
    IS_DESERTED,
    LEAVING,  # finished lots that wait for a place
    TO_FEED,  # a line: pieces not yet fed
    GOOD,  # a line: pieces that came out good
    TRANSFER,  # a station: pieces of the transfer lot on it, -1: none
    TRANSFER_IS_DONE,
    COUNTED_GOOD,  # a station: told at this instant, -1: nothing
    COUNTED_SCRAP,
    CONVEYOR_FIRST,
    CONVEYOR_COUNT,
    CYCLE_DRAWS,
    REJECT_ENTITY,
    REJECT_DRAWS,
    REJECT_AHEAD,  # good pieces before the next bad one
    EQUIPMENT_ROW,
) = range(84)

WORK_UNIT, LINE, STATION = range(3)
NO_WORK, SETTING_UP, RUNNING = range(3)
IN_SETUP, IN_RUN, IS_DONE = range(3)

# -- a cause of standing still: a failure mode, a planned stop or planned maintenance, in `plant`

(
    EQUIPMENT,  # address of what it brings down
    IS_DOWN,
    DOWN_SINCE,
    IS_ALARMED,
    WEARS,  # work brings it nearer
    LEFT_US,  # work until the next failure
    IS_PLANNED,
    STAGE,  # GOOD_TIME, CLAIMING, REPAIRING; IS_DUE: it waits for the other to be over; PASSES_BY: left out, until it would be over
    CLAIM_SINCE,
    CAUSE_REASON,
    CAUSE_MODE,  # its number among the failure modes of its equipment
    CREW,  # address; -1: nobody is needed
    GOOD_DISTRIBUTION,  # a planned stop: begin, us after the start
    REPAIR_DISTRIBUTION,  # a planned stop: how long
    CAUSE_ENTITY,
    GOOD_DRAWS,
    REPAIR_DRAWS,
    UPKEEP_BY,  # planned maintenance: what it is due by; 0: a failure mode or a planned stop
    UPKEEP_LIMIT,  # by dates: how many there are; else after so much
    UPKEEP_DONE,  # by dates: the number of the next; else how much was done since the last time
    UPKEEP_DATES,  # in `plan`
    KEEPS_APART,  # a failure mode does not go on beside maintenance
    CAUSE_ROW,
) = range(23)

GOOD_TIME, CLAIMING, REPAIRING, IS_DUE, PASSES_BY = range(5)
BY_DATES, BY_PIECES, BY_LOTS, BY_WORK = range(1, 5)

# -- repair crews, storage units, calendars in use, work centers

CREW_FREE, CREW_CLAIMS, CREW_ROW = range(3)

STORAGE_CAPACITY, STORAGE_LOTS, STORAGE_ROW = range(3)  # capacity -1: without limit

(
    IS_OPEN,
    BOUNDS_AT,  # in `plan`: the instants at which it opens and closes in turn
    BOUND_COUNT,
    BOUND_NEXT,
    WATCH_EQUIPMENT_AT,  # in `plan`: places of the equipment that is looked at when it opens or closes
    WATCH_EQUIPMENT_COUNT,
    WATCH_ROW,
) = range(7)

(
    RULE,
    CENTER_EQUIPMENT_AT,  # in `plan`: places of its work units and lines
    CENTER_EQUIPMENT_COUNT,
    CENTER_WAITS_AT,  # in `plan`: how long batches wait here
    CENTER_WAIT_COUNT,
    QUEUE_FIRST,  # the lot that stands first
    QUEUE_LAST,
    QUEUE_COUNT,
    QUEUE_IS_MIXED,  # operations with alternatives wait here, so the order of ranks depends on who asks
    TIES_AT,  # in `plan`: rules for what ranks alike, one after the other
    TIE_COUNT,
    LOOKS_FOR_SETUPS,  # what needs no set-up is started first
    FIRST_IS_DRAWN,  # which of its equipment is asked first
    SOURCES_AT,  # in `plan`: addresses of the work centers whose lots its equipment may take, itself first
    SOURCE_COUNT,
    LOAD_US,  # expected work of the lots in the plant; counted only where rules decide and there is a limit
    LOAD_LIMIT_US,
    TAKERS_AT,  # in `plan`: addresses of the work centers whose equipment may take its lots, itself among them
    TAKER_COUNT,
    IS_LOOKED_AT,  # in the next decision
    IS_ALWAYS_LOOKED_AT,  # while something waits: batches wait for their time here, or set-ups are kept for some time
    CENTER_ROW,
) = range(22)

# -- a lot in the making, in `plant`

(
    SERIAL,  # its number; 0: this row is free
    ORIGIN,  # whom it is named after: an order by its number, then a stream by its number; BY_REQUEST, BY_HOST
    ORIGIN_N,  # order number of a stream, number of a request, or of the text that the host keeps
    PART,  # its number within the order; 0: the only one
    PART_DIGITS,
    DEPTH,  # how often rework has taken it off: ".R" as often
    LOT_MATERIAL,
    ROOT,  # address of the lot that it was first taken off; itself if none
    ROOT_FAMILY,  # a root: itself and all that were taken off and are not gone
    ROOT_DEEPEST,  # a root: the largest DEPTH that was given
    LOT_ENTITY,  # number of its name
    LOT_QUANTITY,
    STEP,  # address in `plan` of what is to be done with it, or is being done
    READY_US,
    DUE_US,
    LOT_PRIORITY,
    STARTS,
    LOT_IS_RUNNING,
    STORAGE,  # address; -1: in none
    STORED_N,  # the number of times that a lot was put into a storage, this one included
    HOLDER,  # address of the equipment on which it waits for a place; -1: none
    WAIT_SINCE,
    WAIT_RANK,  # its place among the lots of its batch, by name
    WAIT_NEXT,
    WAIT_PREVIOUS,
    QUEUE_NEXT,  # also the next free lot
    QUEUE_PREVIOUS,
    JOB_NEXT,
    LOT_IS_GONE,  # finished; its row stands as long as its root is needed
    REQUEST,  # address of the request that it is made for, -1: none
    CONSUMES,  # its bill is still to be taken from stock
    LOT_ROW,
) = range(32)

BY_HOST, BY_REQUEST = -1, -2

# -- in `plan`: an operation of a routing, a distribution, a material

(
    STEP_MATERIAL,
    STEP_CENTER,
    STEP_STORAGE,  # address
    STEP_DISTRIBUTION,
    IS_PER_PIECE,
    STEP_FAMILY,
    STEP_SETUP_STAFFED,
    STEP_RUN_STAFFED,
    TRANSPORT_DISTRIBUTION,  # -1: it is there at once
    REWORK_TO,  # address of a step, -1: none
    NEXT_STEP,
    STEP_NAME,  # text of "/<operation>"
    STEP_NUMBER,
    STEP_CLASS,  # who is needed, -1: nobody
    STEPS_AFTER,  # how many operations come after it
    INTERVAL_US,  # a cascade: until the next piece or lot goes in; 0: none
    STEP_BATCH_MINIMUM,
    STEP_BATCH_MAXIMUM,  # 0: as the work unit says
    STEP_BATCH_IN_PIECES,
    SAVES_AT,  # field of a lot in which the equipment that does it is kept, -1: nothing is bound to it
    BOUND_AT,  # field of a lot with the equipment that it has to be done on, -1: any
    REJECTS_BY_LOT,
    STEP_NUMBERS,  # place in `numbers`: expected run time a piece and a lot, now and later; scrap, rework, sample
    WAYS_AT,  # address of its alternatives, WAY_ROW fields and a set of equipment each
    WAY_COUNT,
    STEP_EQUIPMENT,  # the first word of its set of equipment, a bit for each place
) = range(26)

PIECE_US, LOT_US, LATER_PIECE_US, LATER_LOT_US, SCRAP_SHARE, REWORK_SHARE, SAMPLE_SHARE, STEP_FLOATS = range(8)

DISTRIBUTION_KIND, DISTRIBUTION_NUMBERS, VALUES_AT, VALUE_COUNT, DISTRIBUTION_ROW = range(5)

SCRATCH_SIZE = 1024
"""Fields for two names, letter by letter."""

# PackML states, as `twin.model.states.WorkUnitState` numbers them
UNKNOWN, STOPPED, STARTING, IDLE, SUSPENDED, EXECUTE, ABORTED, HELD, COMPLETE = 0, 2, 3, 4, 5, 6, 9, 11, 17

W_US_PER_WH, CLOCK_BEAT_US, FOREVER = 3_600_000_000, 15 * 60 * 1_000_000, 2**62

FIRST_REDRAW, REDRAWS = 2**40, 1000
"""Numbers of draws that stand in for one that was drawn already: another future from here on."""
