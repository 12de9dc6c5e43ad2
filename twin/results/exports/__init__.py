"""Statements and orders as files for the office: Excel and PDF."""
