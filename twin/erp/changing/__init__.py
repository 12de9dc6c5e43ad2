"""What was asked for shall be otherwise, or not at all: requests that are planned, and orders of customers."""

from twin.erp.changing.master_data import MasterData
from twin.erp.changing.orders import ChangedOrders
from twin.erp.changing.people import People
from twin.erp.changing.requests import ChangedRequests

__all__ = ["ChangedOrders", "ChangedRequests", "MasterData", "People"]
