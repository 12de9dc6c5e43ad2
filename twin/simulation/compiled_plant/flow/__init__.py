"""How lots flow through a plant that decides by rule, as figures alone: no page of what it has said is kept."""
