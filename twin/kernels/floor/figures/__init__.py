"""A run's figures alone: reckoned lot by lot in plants in which no lot can overtake another, added up as they are said in all others."""
