"""Files that programs hand in to the office: a statement as the bank has sent it."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from twin.apps.api.documents import Taken
from twin.apps.api.entries import BANK_STATEMENTS, LONGEST_STATEMENT, TERMINAL
from twin.apps.api.once import Key, Once, taken
from twin.apps.feed import Feed
from twin.apps.office.money.money_said import MoneySaid
from twin.model.events import BankStatementEntered
from twin.store.tokens import Program


class StatementFile(BaseModel):
    """A file of the bank, as on page Finance: camt.053 of ISO 20022, or a line each, as `1250.00; invoice INV-B1; Acme`."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[
        str, Field(min_length=4, max_length=LONGEST_STATEMENT, pattern=r"^[A-Za-z0-9+/=]*$", description="The file, as base64")
    ]
    statement: Annotated[
        str | None,
        Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]*$", description="Its number, where the file says none, or another"),
    ] = None


def handed_in(
    router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]
) -> APIRouter:
    """The addresses of files, under `router`."""

    @router.post(BANK_STATEMENTS, status_code=201, responses=refused)
    def bank_statement(asked: StatementFile, key: Key, response: Response, program: Annotated[Program, as_one_of("finance")]) -> Taken:
        """A statement of the bank is handed in as its file; each line is what it pays, or waits for somebody who knows."""

        def said(entry_id: str) -> Callable[[int], BankStatementEntered]:
            def made(at_us: int) -> BankStatementEntered:
                at = {"effective_us": at_us, "person": program.person, "terminal": TERMINAL, "entry_id": entry_id}
                form = {"statement": asked.statement or "", "bank_lines": f"statement\n{asked.content}"}
                return MoneySaid(feed.run).statement(form, at)

            return made

        return taken(once, response, program, key, asked, BankStatementEntered, said)

    return router
