"""A plant as its MES and ERP know it now: everything that goes on, and a list of what nobody could know."""
