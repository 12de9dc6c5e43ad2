"""Labels that the product prints itself: what a code says, how it is drawn, and sheets for a printer."""
