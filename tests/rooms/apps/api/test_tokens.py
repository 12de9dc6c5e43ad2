"""Programs and their tokens: what is wrong in the file is said, all of it, and no message holds a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.store.tokens import Program, read_tokens

TOKEN = "a-token-of-this-test-00"


def test_a_program_is_known_by_its_token_alone(tmp_path: Path) -> None:
    file = tmp_path / "tokens.yaml"
    file.write_text(f"erp: {{token: {TOKEN}, person: ann, roles: [sales, reader]}}\nbi: {{token: {TOKEN}-bi, roles: [reader]}}\n")
    file.chmod(0o644)
    with pytest.raises(ValueError, match=r"others may read or change it \(mode 644\); allowed: .* chmod 600 tokens.yaml"):
        read_tokens(file, ["ann"])
    file.chmod(0o600)
    tokens = read_tokens(file, ["ann"])
    assert tokens.program_of(TOKEN) == Program(name="erp", person="ann", roles=frozenset({"sales", "reader"}))
    assert tokens.program_of(f"{TOKEN}-bi") == Program(name="bi", person="bi", roles=frozenset({"reader"}))
    assert tokens.program_of(TOKEN[:-1]) is None
    assert tokens.program_of("") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no programs are to be read there"),
        ("erp: [1", "no programs are to be read there"),
        ("erp: x", "is no program"),
        (f"erp: {{token: {TOKEN}, roles: [seller]}}", "the role 'seller'"),
        (f"erp: {{token: {TOKEN}}}", "has no roles"),
        (f"erp: {{token: {TOKEN}, roles: [sales], rolls: 1}}", "has 'rolls' (did you mean 'roles'?)"),
        (f"erp: {{token: {TOKEN}, roles: [sales], person: bob}}", "speaks as 'bob', whom nobody knows"),
        (f"ann: {{token: {TOKEN}, roles: [sales]}}", "is called as a person is; allowed: a name of its own, or 'person: ann'"),
        ("erp: {token: short, roles: [sales]}", "the token of 'erp' is none"),
        (f"erp: {{token: {TOKEN}, roles: [sales]}}\nbi: {{token: {TOKEN}, roles: [sales]}}", "is that of another program"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_without_any_token(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "tokens.yaml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ValueError, match=r"tokens\.yaml") as wrong:
        read_tokens(file, ["ann"])
    assert said in str(wrong.value)
    assert TOKEN not in str(wrong.value)
