"""The value side of the ERP: standard costs, work in progress, the ledger, the statements. Whole minor units, no float."""
