"""PackML: which commands a state and a mode allow, by the edition that a plant keeps to."""
