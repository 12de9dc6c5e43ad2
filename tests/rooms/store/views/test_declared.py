"""What the plant is, in SQL: materials, bills, routings, equipment, customers, suppliers and prices, as they are declared by now."""

from __future__ import annotations

from sqlalchemy import text

from tests.rooms.settlement.desk import Desk, day
from twin.model.events import CreditLimitChanged, MasterDataChanged
from twin.results.database.tabled import tabled
from twin.results.run import Run
from twin.store.journal import DatabaseJournal, transcribe

SAID = {"person": "anna", "terminal": "office", "reason": "agreed"}


def test_views_have_what_is_declared_by_now_and_not_what_the_files_said(database_url: str) -> None:
    desk = Desk(supplier={"due": "14 d", "tax": "vat", "discount": {"share": "2 %", "within": "10 d"}})
    changes = (("price", "65 EUR"), ("reorder", '{"point": 3, "quantity": 20}'))
    desk.round(MasterDataChanged(**SAID, effective_us=day(1), table="materials", declared="housing", changes=changes))
    desk.round(CreditLimitChanged(**SAID, effective_us=day(1), customer="zenith", limit_minor=50_000))
    journal = DatabaseJournal(database_url)
    transcribe(desk.run().journal.entries(), journal)
    run = Run(desk.plant, desk.scenario, journal)
    for entry in journal.entries():
        run.reapply(entry.event)
    tabled(run)
    with journal.engine.connect() as connection:

        def asked(sql: str) -> list[tuple[object, ...]]:
            return [tuple(it) for it in connection.execute(text(sql))]

        housing = "SELECT price_minor, standard_cost_minor, reorder_point, supplier, level FROM bi_material WHERE material = 'housing'"
        assert asked(housing) == [(6_500, 4_199, 3, "foundry", 1)]
        assert asked("SELECT component, quantity, bill_for FROM bi_bill_of_material WHERE material = 'gear'") == [("steel", 333, 1)]
        gear = list(run.plant.layout.routings["gear"])
        assert asked("SELECT operation FROM bi_routing WHERE material = 'gear' ORDER BY operation_number") == [(it,) for it in gear]
        assert asked("SELECT work_center FROM bi_work_center ORDER BY 1") == [(it,) for it in sorted(run.plant.layout.work_centers)]
        assert asked("SELECT work_unit FROM bi_work_unit WHERE work_center = 'cutting'") == [("hob_1",)]
        of_him = "SELECT terms_due_s, discount_within_s, discount_share, tax_code, lead_time_s FROM bi_supplier WHERE supplier = 'foundry'"
        assert asked(of_him) == [(14 * 86_400, 10 * 86_400, 0.02, "vat", 5 * 86_400)]
        assert asked("SELECT customer, credit_limit_minor FROM bi_customer ORDER BY 1") == [("acme", None), ("zenith", 50_000)]
        prices = "SELECT kind, supplier, price_minor FROM bi_price WHERE material = 'housing' ORDER BY kind"
        assert asked(prices) == [("purchase", "foundry", 4_199), ("sale", "", 6_500)]
    journal.close()
