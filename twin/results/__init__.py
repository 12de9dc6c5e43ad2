"""One run as tables, indicators, costs and figures. Heavy libraries (pandas, HoloViews) are imported when a table is asked for."""
