"""Statements of a bank as banks send them: ISO 20022, camt.053 (BkToCstmrStmt), of any version, read without what a reader need not trust.

A document that declares a type or an entity is refused before anything of it is expanded; nothing is fetched. What is pending is no line.
A line of which the bank tells all its transactions with their amounts is one line for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

ALLOWED = "allowed: a statement as camt.053 (ISO 20022, BkToCstmrStmt)"
_SIGNS = {"CRDT": 1, "DBIT": -1}
_UNKNOWN = ("", "NOTPROVIDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class CamtLine:
    """One movement: minor units, > 0 came in; what its payer has written; who that was; the day on which the bank has booked it."""

    amount_minor: int
    reference: str
    party: str
    booked: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CamtStatement:
    """One statement, with its own number, in one currency."""

    statement: str
    currency: str
    lines: list[CamtLine]


def is_xml(content: bytes) -> bool:
    """Whether a file is meant to be one of these, and no table of lines."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_camt(content: bytes) -> CamtStatement:
    """Read a file.

    Raises
    ------
    ValueError : it is no such file, has none or several statements or currencies, or its lines do not lead from its opening to its closing
        balance; in words
    """
    statements = [it for it in _read(content).iter() if it.tag == "Stmt"]
    if len(statements) != 1:
        raise ValueError(f"the file has {len(statements)} statements; {ALLOWED}, one to a file")
    of = statements[0]
    entries = [it for it in of.iter("Ntry") if _status(it) in ("", "BOOK")]
    currencies = sorted({amount.get("Ccy", "") for it in entries for amount in it.findall("Amt")})
    if len(currencies) > 1:
        raise ValueError(f"the lines are in {', '.join(currencies)}; {ALLOWED}, in one currency")
    lines = [line for it in entries for line in _lines(it)]
    _balances(of, sum(it.amount_minor for it in lines))
    return CamtStatement(statement=_text(of, "Id"), currency=currencies[0] if currencies else "", lines=lines)


def _read(content: bytes) -> Element:
    """The elements without their namespaces: versions of camt.053 differ in those, and in nothing that is read here."""
    builder, parser = TreeBuilder(), ParserCreate()

    def declared(*_: object) -> None:
        raise ValueError(f"the file declares a type or an entity of its own, which is not read; {ALLOWED}")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
    parser.StartElementHandler = lambda tag, about: builder.start(tag.rpartition(":")[2], about)
    parser.EndElementHandler = lambda tag: builder.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
    except ExpatError as error:
        raise ValueError(f"the file is no XML (line {error.lineno}); {ALLOWED}") from None
    return builder.close()


def _lines(entry: Element) -> Iterator[CamtLine]:
    whole_minor, booked = _amount(entry), _booked(entry)
    parts = entry.findall("NtryDtls/TxDtls")
    amounts = [_part(it) for it in parts]
    told = [minor for minor in amounts if minor is not None]
    if len(parts) > 1 and len(told) == len(parts) and sum(told) == whole_minor:
        for it, minor in zip(parts, told, strict=True):
            yield CamtLine(amount_minor=minor, reference=_reference(it, entry), party=_party(it, minor), booked=booked)
        return
    one = parts[0] if len(parts) == 1 else entry
    yield CamtLine(amount_minor=whole_minor, reference=_reference(one, entry), party=_party(one, whole_minor), booked=booked)


def _amount(of: Element) -> int:
    """Minor units, with the sign of the direction."""
    return _SIGNS.get(_text(of, "CdtDbtInd"), 0) * _minor(_text(of, "Amt"))


def _part(of: Element) -> int | None:
    """What one transaction of several is of; None: the bank does not say."""
    told = _text(of, "Amt") or _text(of, "AmtDtls/TxAmt/Amt")
    return _SIGNS.get(_text(of, "CdtDbtInd"), 0) * _minor(told) if told and _text(of, "CdtDbtInd") else None


def _minor(said: str) -> int:
    try:
        minor = Decimal(said) * 100
    except InvalidOperation:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != int(minor):
        raise ValueError(f"'{said}' is no amount of two decimals; {ALLOWED}")
    return int(minor)


def _booked(entry: Element) -> date:
    said = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise ValueError(f"a line of {_text(entry, 'Amt')} has no day of booking ('{said}'); {ALLOWED}") from None


def _reference(of: Element, entry: Element) -> str:
    """What was written, and the numbers by which it may be known."""
    written = [it.text or "" for it in of.iter("Ustrd")]
    numbers = [_text(of, path) for path in ("RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId")]
    told = [it.strip() for it in (*written, *numbers) if it.strip() not in _UNKNOWN]
    return " ".join(" ".join(dict.fromkeys(told)).split()) or _text(entry, "AddtlNtryInf")


def _party(of: Element, minor: int) -> str:
    """Who has paid us, or whom we have paid."""
    side = "Dbtr" if minor > 0 else "Cdtr"
    found = (_text(it, path) for it in of.iter("RltdPties") for path in (f"{side}/Nm", f"{side}/Pty/Nm"))
    return next(filter(None, found), "")


def _status(entry: Element) -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _balances(of: Element, moved_minor: int) -> None:
    balances = {_text(it, "Tp/CdOrPrtry/Cd"): _amount(it) for it in of.findall("Bal")}
    opening = next((balances[it] for it in ("OPBD", "PRCD") if it in balances), None)
    closing = balances.get("CLBD")
    if opening is not None and closing is not None and opening + moved_minor != closing:
        sums = (f"{it / 100:.2f}" for it in (opening, moved_minor, closing))
        raise ValueError("the balance at its beginning is {}, its lines come to {}, and that at its end is {}".format(*sums))


def _text(of: Element, path: str) -> str:
    return (of.findtext(path) or "").strip()
