"""The audit trail for programs."""
