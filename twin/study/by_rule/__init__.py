"""A plant played by rule alone: the same facts as with MES and ERP, read off the rows of the compiled plant, with its books."""
