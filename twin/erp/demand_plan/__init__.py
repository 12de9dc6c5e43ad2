"""Demand management: forecasts spread over buckets and consumed by orders, the master schedule within its fences, DDMRP buffers."""
