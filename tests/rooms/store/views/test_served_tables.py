"""Pages that keep tables: what other programs read of a plant that is served is up to date while it runs, and at its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from twin.apps.feeds import by_hand
from twin.command import pages
from twin.model.materials import Planning


def test_a_shift_worked_by_hand_is_in_its_tables_while_it_runs_planned_orders_too(tmp_path: Path) -> None:
    """Nobody has asked for a plan (`planning: order_by_order`): it proposes more castings all the same, and says so in SQL."""
    url, shop = f"sqlite:///{tmp_path}/shift.db", hand_shop()
    casting = shop.materials.materials["CASTING"].model_copy(update={"planning": Planning(safety_stock=50)})
    materials = shop.materials.model_copy(update={"materials": {**shop.materials.materials, "CASTING": casting}})
    shop = shop.model_copy(update={"materials": materials})
    feed = by_hand(shop, two_orders(), seed=1, speed=6000, journal=url, tables_us=1)
    assert feed.run.erp.policies.planning == "order_by_order"
    engine = create_engine(url)

    def asked(sql: str) -> list[tuple[object, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    with running(feed):
        wait_until(lambda: bool(asked("SELECT seq FROM bi_folded_as_of")) and len(feed.run.mes.job_orders) >= 4)
    assert not feed.failure
    assert asked("SELECT seq FROM bi_folded_as_of") == [(len(feed.run.journal),)]
    planned = feed.run.material_plan().plan.orders
    rows = asked("SELECT planned_order, material, quantity FROM bi_planned_order ORDER BY 1")
    assert {it[1] for it in rows} == {"CASTING"}
    assert rows == sorted((it.order, it.material, it.good) for it in planned)
    engine.dispose()


def test_whoever_asked_for_no_tables_has_them_as_of_the_end(tmp_path: Path) -> None:
    """Views that tell of the day before yesterday without a word are read as today's."""
    url = f"sqlite:///{tmp_path}/shift.db"
    feed = by_hand(hand_shop(), two_orders(), seed=1, speed=6000, journal=url)
    with running(feed):
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT seq FROM bi_folded_as_of")).all() == [(len(feed.run.journal),)]
        assert len(connection.execute(text("SELECT * FROM bi_job_order")).all()) == len(feed.run.mes.job_orders)
    engine.dispose()


def test_tables_without_a_database_are_refused_before_anything_starts(root: Path) -> None:
    shop = root / "plant_models/gearbox_shop"
    asked = {"seed": 1, "engine": "compiled", "port": 0, "json": False}
    with pytest.raises(ValueError, match="--tables: tables are kept in the database of a journal; allowed: with --journal"):
        pages.serve(shop, None, **asked, speed=None, record=None, journal=None, lead="0", tables="1 min")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="allowed: with --journal"):
        pages.live(shop, None, **asked, speed=1.0, port_offset=0, once=True, tables="1 min")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'0 s': the tables are brought up to date every so often; allowed: as in '1 min'"):
        pages.live(shop, None, **asked, speed=1.0, port_offset=0, once=True, journal="x.db", tables="0 s")  # type: ignore[arg-type]
