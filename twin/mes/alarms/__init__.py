"""Alarms and alerts: what is heard, who answers, what keeps quiet and why (ISA-18.2 / IEC 62682)."""
