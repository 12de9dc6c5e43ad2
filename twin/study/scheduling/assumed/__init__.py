"""What a schedule takes to happen though nobody has said so."""
