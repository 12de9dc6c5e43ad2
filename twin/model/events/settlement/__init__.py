"""Settling: what is owed and what is paid, to suppliers and by customers, and what the bank says of it."""
