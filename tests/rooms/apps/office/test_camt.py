"""A statement as banks send it, camt.053, is read with the day of each line, and trusted with nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop
from tests.rooms.apps.office.test_said import NOTHING_TO_DO, OFFICE
from twin.apps.office.entered import OfficeEntered
from twin.apps.terminals.readers import instant_of
from twin.model import events as e
from twin.model.materials import Materials
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>2026-03/1</Id>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1330.10</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-01</Dt></BookgDt><NtryDtls>
 <TxDtls><Refs><EndToEndId>E2E-7</EndToEndId></Refs><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
  <RltdPties><Dbtr><Nm>Müller</Nm></Dbtr><Cdtr><Nm>We</Nm></Cdtr></RltdPties><RmtInf><Ustrd>invoice</Ustrd><Ustrd>INV-B1</Ustrd></RmtInf></TxDtls>
 <TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
  <RltdPties><Dbtr><Pty><Nm>Acme</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>INV-B2</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">19.90</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-03-02T05:00:00</DtTm></BookgDt>
 <AddtlNtryInf>charges</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>PDNG</Sts></Ntry></Stmt></BkToCstmrStmt></Document>"""


def test_a_statement_as_banks_send_it_is_read_with_the_day_of_each_line_and_trusted_with_nothing() -> None:
    """A collected payment is one line for each transaction; what is pending is none; a bomb of entities is refused before it goes off."""
    run = Run(Plant(layout=hand_shop().layout, materials=Materials.model_validate(OFFICE)), Scenario.model_validate(NOTHING_TO_DO))

    def say(text: str, **fields: Any) -> e.OperationsEvent:
        file = f"camt.xml\n{base64.b64encode(text.encode()).decode()}"
        entry = {"kind": "BankStatementEntered", "person": "pete", "terminal": "page", "id": "E", "said": {**fields, "bank_lines": file}}
        return OfficeEntered(run).event(entry, run.now_us)

    said = say(CAMT)
    assert isinstance(said, e.BankStatementEntered)
    assert (said.statement, said.bank_lines) == (
        "2026-03/1", ((100_000, "invoice INV-B1 E2E-7", "Müller"), (25_000, "INV-B2", "Acme"), (-1_990, "charges", "")),
    )  # fmt: skip
    first_us = instant_of(run.plant, {"it": "2026-03-02 00:00"}, "it") - 1
    assert said.booked == (first_us, first_us, run.now_us), "each at the end of its day, and none of them to come"
    assert say(CAMT, statement="S9").statement == "S9"  # type: ignore[attr-defined]
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for wrong, words in (
        (CAMT.replace("<Document", f"{bomb}<Document", 1), "declares a type or an entity of its own"),
        (CAMT.replace("?>", '?><!DOCTYPE x SYSTEM "file:///etc/passwd">', 1), "declares a type or an entity of its own"),
        (CAMT.replace("</Stmt>", ""), r"is no XML \(line"),
        (CAMT.replace("1330.10", "1330.11"), "beginning is 100.00, its lines come to 1230.10, and that at its end is 1330.11"),
        (CAMT.replace('"EUR"', '"USD"'), "the statement is in USD; allowed: EUR, the currency of the books"),
        (CAMT.replace("2026-03-01", "2026-03-03"), "a line was booked on 2026-03-03, which is to come"),
        (CAMT.replace("2026-03-01", "the 1st"), "has no day of booking"),
        (CAMT.replace("19.90", "19.901"), "'19.901' is no amount of two decimals"),
        ("<html/>", "the file has 0 statements; allowed: a statement as camt.053"),
    ):
        with pytest.raises(ValueError, match=words):
            say(wrong)
