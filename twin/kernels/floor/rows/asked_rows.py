"""Rows of what is asked for and what follows from it: requests, stock, news, decisions on their way, orders. In `plant`, if not said."""

from __future__ import annotations

# -- a request: Level 4 asks for so much of a material; also a customer order, and a delivery on its way. In `plant`

(
    HEARD_US,
    REQUEST_ORIGIN,  # the customer order that it is for
    REQUEST_N,
    REQUEST_MATERIAL,
    REQUEST_QUANTITY,
    REQUEST_LOT_SIZE,
    REQUEST_DUE_US,
    REQUEST_PRIORITY,
    CUT_COUNT,  # lots that it has become
    REQUEST_NEXT,
    REQUEST_PREVIOUS,
    IN_NUMBERS,  # its number among all requests, from 1
    PARENT,  # the request whose bill asks for it, -1: the customer order
    LEVEL,  # how many requests there are above it
    FOLLOW_UP,  # 1, or the number of the request that makes up for what was lost of the first
    FIRST_OF_NAME,  # that first request
    FOLLOW_UPS,  # of the first: the last such number
    REQUEST_ENTITY,  # number of its name
    RELEASE_US,
    OPEN_LOTS,
    USERS,  # who still needs this row: lots, requests below, the request itself while it is open
    PRODUCED,
    SCRAPPED,
    ANSWERED_GOOD,  # -1: not answered
    REQUEST_GOOD,  # good pieces of lots that are done
    PART_TENS,  # ten lots of a request are called alike but for the last digit: which ten were last, from 1
    PART_TENS_ENTITY,  # number of the name up to there
    REQUEST_ROW,
) = range(28)

# -- stock of a material, in `plant`

(
    ON_HAND,
    INCOMING,  # on order or in the making
    RESERVED,  # wanted, not yet taken
    CLAIMED,  # of what is on hand, promised to jobs that have begun
    PROMISED,  # in one decision: given to jobs that start now
    ORDER_FIRST,  # customer orders that wait, the one that is due first
    PURCHASES,  # orders placed
    MATERIAL_STOCK_ROW,
) = range(8)

# -- news, worked through one after the other

(
    NEWS_PLACE,  # of the equipment, -1: the plant as a whole; to sort what has happened
    NEWS_KIND,
    NEWS_REQUEST,
    NEWS_A,
    NEWS_B,
    NEWS_C,
    NEWS_D,
    NEWS_ROW,
) = range(8)

(
    ORDER_COMES,  # A: origin, B: number, C: row of the customer order
    GOODS_COME,  # A: row of the delivery
    JOB_IS_HERE,  # A: material, B: quantity of a lot whose first operation begins
    PIECES_COUNTED,  # A: good of the whole job order, -1: it is not done yet; B: scrap now, C: rework, D: operations after it
    MATERIAL_IS_CLAIMED,  # as JOB_IS_HERE, one step later
    MATERIAL_IS_TAKEN,
    PIECES_LOST,  # B: scrap
    JOB_IS_COMPLETE,  # A, C, D as above
    PIECES_MADE,  # A: good
    REQUEST_IS_DONE,  # A: how many steps later
    REQUEST_IS_RELEASED,
    PARTS_COME,  # A: good pieces of a lot that was taken apart
) = range(12)

# -- what was decided: SENT_KIND is START_JOB, RESUME_JOB or PURCHASE

SENT_KIND, SENT_TO, SENT_LOT, SENT_PERSON, SENT_ROW = range(5)
START_JOB, RESUME_JOB, PURCHASE = range(3)

# -- what an explosion needs, on the way

NEED_LEVEL, NEED_MATERIAL, NEED_QUANTITY, NEED_DUE_US, NEED_PARENT, NEED_IS_MET, NEED_ROW = range(7)

# -- persons, in `plan`

STAFF_WATCH, STAFF_CALENDARS, STAFF_ROW = range(3)  # CALENDARS: as JOB_CALENDARS

# -- what is declared of a material, in `plan`

(
    MATERIAL_NAME,  # text of "-<material>"
    MATERIAL_LOT_SIZE,
    MATERIAL_LEAD_US,
    MATERIAL_STEP,  # first of its routing, -1: none
    IS_PURCHASED,
    LEVEL_CODE,  # the deepest level at which any bill uses it
    BILL_AT,  # component and what one piece takes of it: quantity, for so many pieces
    BILL_COUNT,
    REORDER_POINT,  # -1: what is short is ordered
    REORDER_QUANTITY,
    HAS_SUPPLIER,
    PURCHASE_NAME,  # text of "PO-<material>-"
    PARTS_AT,  # pairs of by-product and quantity
    PART_COUNT,  # 0: none come of it
    APART_AFTER,  # how many operations come after the one that gives them off
    PART_FOR,  # for so many pieces
    MATERIAL_ROW,
) = range(17)
BILL_LINE = 3

# -- streams of orders, in `plant`, and orders that are known, in `plan`: both begin alike

(
    ORDER_NAME,  # text: of the order, or of "<stream>-"
    ORDER_MATERIAL,
    ORDER_PROMISE,  # due so long after it comes (a stream), or after the start (an order)
    ORDER_PRIORITY,
    ORDER_QUANTITY,  # an order: pieces; a stream: address in `plan` of the quantities
    ORDER_AT,  # an order: when it comes, after the start, -1: a lot found at the start, which goes by this name; a stream: the first,
    # -1: after an interval
    LINE_ROW,
) = range(7)
(
    STREAM_CHOICES,  # how many quantities there are
    STREAM_LIMIT,  # at most so many orders, -1: without end
    STREAM_DISTRIBUTION,
    STREAM_ENTITY,
    STREAM_N,
    STREAM_DRAWS,
    STREAM_UNTIL,  # no order later than this after the start, -1: whenever
    AHEAD_KEY,  # the key by which intervals were drawn ahead; they count for no other (IS_LEAN_BUILD)
    AHEAD_BELOW,  # those were drawn whose numbers are below it; the last eight are kept
    AHEAD_US,  # the first of them, by their numbers modulo 8
    TENS,  # as of a request, of the orders of a stream
    TENS_ENTITY,  # number of the name up to there
    STREAM_ROW,
) = (*range(LINE_ROW, LINE_ROW + 10), *range(LINE_ROW + 17, LINE_ROW + 20))
