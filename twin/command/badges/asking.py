"""The command `twin secrets`: hash what stands plain in a file of secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.manners import print_line, say


def add_to(app: typer.Typer) -> None:
    """Give the program the command."""
    app.command(epilog="Example: twin secrets secrets.yaml, then: twin serve plant_models/gearbox_shop --by-hand --secrets secrets.yaml")(
        secrets
    )


def secrets(
    file: Annotated[Path, typer.Argument(help="Lines 'person: secret' or 'person: {secret: ..., pin: ...}'", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")] = False,
) -> None:
    """Hash the secrets and PINs that stand plain in a file, in place: whoever reads it learns none of them."""
    from twin.store.proof.secrets_file import hash_secrets

    count = hash_secrets(file)
    if json:
        print_line(file=str(file), hashed=count)
    else:
        say(f"{file}: {count} {'is' if count == 1 else 'are'} hashed now; it serves as before")
