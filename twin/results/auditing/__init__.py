"""What persons answer for: what they may sign, and the audit trail."""
