"""Standards by period, and variances by cause."""
