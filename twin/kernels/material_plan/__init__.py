"""Material requirements planning on arrays: gross to net, lot sizes, explosion level by level, pegging, low-level codes."""
