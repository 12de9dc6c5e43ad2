"""What is agreed with who is paid and who pays, and which tax the law asks for: each as of the date of a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp.accounting.rounding import round_half_even
from twin.erp.settlement.documents.charged import Taxed
from twin.model.materials import Customer, MaterialDefinition, Supplier
from twin.model.settlement.finance import TaxCode, Terms
from twin.model.settlement.percent import MILLION
from twin.model.trade.due import days_later_us

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.model.events import BillReceived

_NO_TERMS = Terms()


class Agreed:
    """Terms and taxes by date; what is entered late goes by those of its own date."""

    _erp: Erp

    def supplier_terms(self, name: str, at_us: int) -> Terms:
        """How a supplier wants to be paid for what it has billed then."""
        supplier: Supplier | None = self._erp.dated.at("suppliers", name, at_us)
        return (supplier.terms if supplier else None) or _NO_TERMS

    def customer_terms(self, name: str, at_us: int) -> Terms:
        """How a customer pays what it was asked for then."""
        customer: Customer | None = self._erp.dated.at("customers", name, at_us)
        return (customer.terms if customer else None) or _NO_TERMS

    def due_us(self, at_us: int, terms: Terms) -> int:
        """When what is of that instant is due."""
        return days_later_us(at_us, terms.due, self._erp.plant.layout.time_zone)

    def said_due_us(self, at_us: int, terms: Terms) -> int:
        """The same, where it is not just so many hours later, which goes without saying: 0."""
        due_us = self.due_us(at_us, terms)
        return due_us if due_us != at_us + terms.due else 0

    def invoice_due_us(self, customer: str, at_us: int) -> int:
        """The same of an invoice to a customer."""
        return self.said_due_us(at_us, self.customer_terms(customer, at_us))

    def tax_on(self, net_minor: int, code: str | None, at_us: int) -> int:
        """The tax of a net of then, minor units, rounded half to even."""
        return round_half_even(net_minor * self._erp.dated.at("tax_codes", code, at_us).rate, MILLION) if code else 0

    def code_of(self, terms: Terms, material: str, at_us: int) -> str | None:
        """The tax code of what is bought or sold: the material's own, or that of the terms; None where the terms have no tax."""
        definition: MaterialDefinition | None = self._erp.dated.at("materials", material, at_us)
        return (definition.tax if definition else None) or terms.tax if terms.tax else None

    def tax_of(self, terms: Terms, material: str, at_us: int) -> Taxed | None:
        """The tax of what is sold, as it is then; None where the terms have none."""
        if not (code := self.code_of(terms, material, at_us)):
            return None
        declared: TaxCode = self._erp.dated.at("tax_codes", code, at_us)
        return code, declared.title, declared.rate

    def code_of_order(self, name: str, at_us: int) -> str | None:
        """The same of what comes on a purchase order; work that a supplier does on a material is not the material."""
        order = self._erp.purchasing.orders[name]
        terms = self.supplier_terms(order.supplier, at_us)
        return terms.tax if order.operation else self.code_of(terms, order.material, at_us)

    def most_tax_minor(self, bill: BillReceived) -> int:
        """The tax that a bill may ask for, in its currency; of a supplier without a tax code only that it is not above the net.

        Where the tax has become another between the delivery and the bill, the supplier may have either in mind.
        """
        came_us = self._erp.purchasing.orders[bill.order].received_us
        asked = []
        for at_us in (bill.effective_us, bill.effective_us if came_us is None else min(came_us, bill.effective_us)):
            code = self.code_of_order(bill.order, at_us)
            asked.append(self.tax_on(bill.net_minor, code, at_us) if code else max(0, bill.net_minor))
        return max(asked, key=abs)
