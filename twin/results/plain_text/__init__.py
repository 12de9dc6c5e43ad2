"""The books as plain text for other programs: Beancount and hledger."""
