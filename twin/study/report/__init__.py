"""A comparison as figures (SVG), as one HTML file that needs nothing else, and as tables on disk. No arithmetic but that of drawing."""
