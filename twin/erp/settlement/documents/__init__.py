"""Documents for which no goods move: bills, invoices and credits without them, bills that are rejected, what a company begins with."""
