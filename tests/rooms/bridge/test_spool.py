"""Store and forward: what was acknowledged survives, wherever a crash cuts the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hardware_bridge.connect import spool as spool_room
from hardware_bridge.connect.interpret import Heard, Observation
from hardware_bridge.connect.spool import Spool, SpoolError
from tests.rooms.bridge.virtual_shop import record
from twin.model.events import OperationsEvent


def observations(count: int, seed: int = 1) -> list[Observation]:
    heard = Heard("plc_a", "nsu=urn:test:shop;s=saw.LastChange", '{"sequence":1}', "good", 5)
    return [Observation(fact, number, heard if number % 2 else None) for number, fact in enumerate(record(count, seed)[:count])]


def facts_in(spool: Spool) -> list[OperationsEvent]:
    return [fact for batch in spool.unsent() for fact, *_ in batch.observations]


def filled(path: Path) -> list[Observation]:
    spool, told = Spool(path), observations(6)
    for number, observation in enumerate(told):
        spool.append([observation], {"saw": {"sequence": number}}, watermark_us=number)
    spool.close()
    return told


def test_what_was_put_in_comes_out_in_order_with_its_times_and_memory(tmp_path: Path) -> None:
    told = filled(tmp_path / "spool")
    spool = Spool(tmp_path / "spool")
    assert [batch.observations for batch in spool.unsent()] == [[observation] for observation in told]
    assert [batch.watermark_us for batch in spool.unsent()] == [0, 1, 2, 3, 4, 5]
    assert (spool.memory, spool.watermark_us) == ({"saw": {"sequence": 5}}, 5)


def test_what_the_journal_has_is_not_sent_again(tmp_path: Path) -> None:
    told = filled(tmp_path / "spool")
    spool = Spool(tmp_path / "spool")
    spool.sent(spool.unsent()[3].end)
    assert facts_in(spool) == [fact for fact, *_ in told[4:]]
    spool.close()
    spool = Spool(tmp_path / "spool")
    assert facts_in(spool) == [fact for fact, *_ in told[4:]]
    spool.sent(spool.unsent()[-1].end)
    assert spool.unsent() == []
    assert spool.unsent_bytes == 0


def test_a_file_cut_at_any_byte_keeps_every_whole_batch_and_goes_on(tmp_path: Path) -> None:
    told = filled(tmp_path / "whole")
    text = (tmp_path / "whole").read_bytes()
    for cut in range(0, len(text) + 1, 7):
        path = tmp_path / "cut"
        path.write_bytes(text[:cut])
        (tmp_path / "cut.sent").unlink(missing_ok=True)
        spool = Spool(path)
        whole = text[:cut].count(b"\n")
        assert facts_in(spool) == [fact for fact, *_ in told[:whole]]
        spool.append(told[:1], {})
        assert facts_in(spool) == [fact for fact, *_ in (*told[:whole], told[0])]
        spool.close()


def test_a_file_damaged_in_its_middle_is_refused_and_not_cut(tmp_path: Path) -> None:
    filled(tmp_path / "spool")
    text = bytearray((tmp_path / "spool").read_bytes())
    text[30] ^= 1
    (tmp_path / "spool").write_bytes(text)
    with pytest.raises(SpoolError, match=r"line at byte 0 is damaged and others follow; allowed: to move the file away, and begin anew$"):
        Spool(tmp_path / "spool")
    assert (tmp_path / "spool").read_bytes() == text


def test_a_long_file_that_was_sent_begins_anew_and_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_room, "COMPACT_BYTES", 500)
    path = tmp_path / "spool"
    filled(path)
    spool = Spool(path)
    spool.sent(spool.unsent()[-1].end)
    assert path.stat().st_size < 200
    assert spool.unsent_bytes == 0
    later = observations(1, seed=9)
    spool.append(later, {})
    shutil.copytree(tmp_path, tmp_path.with_name("after_a_crash"))
    again = Spool(tmp_path.with_name("after_a_crash") / "spool")
    assert facts_in(again) == facts_in(spool) == [fact for fact, *_ in later]
    assert again.memory == {"saw": {"sequence": 5}}
    assert again.watermark_us == 5


def test_a_crash_between_two_files_loses_nothing_of_what_comes_later(tmp_path: Path) -> None:
    """The short new file may lie beside the count of the long old one."""
    path = tmp_path / "spool"
    told = filled(path)
    (tmp_path / "spool.sent").write_text("99999999")
    spool = Spool(path)
    assert facts_in(spool) == []
    spool.append(told[:2], {})
    spool.close()
    assert facts_in(Spool(path)) == [fact for fact, *_ in told[:2]]


def test_two_bridges_cannot_share_a_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool")
    with pytest.raises(SpoolError, match=r"another bridge uses it; allowed: a spool for each bridge$"):
        Spool(tmp_path / "spool")
    first.close()
    Spool(tmp_path / "spool").close()


def test_a_spool_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match=r"file/spool cannot be the spool: "):
        Spool(tmp_path / "file" / "spool")
