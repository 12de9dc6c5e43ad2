"""What was asked for shall be otherwise, or not at all: requests that are planned, and orders of customers."""

from twin.erp.changing.master_data import MasterData
from twin.erp.changing.orders import ChangedOrders
from twin.erp.changing.people import People
from twin.erp.changing.requests import ChangedRequests
from twin.erp.changing.stock import CountedStock

__all__ = ["ChangedOrders", "ChangedRequests", "CountedStock", "MasterData", "People"]
