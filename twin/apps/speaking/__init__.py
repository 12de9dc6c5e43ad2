"""Who stands at a page, and what he says there."""
