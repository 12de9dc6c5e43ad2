"""Commands that ask for many runs, or for one without MES and ERP."""
