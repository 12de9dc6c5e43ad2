"""What a plan takes of equipment and persons, what it may promise, and what customers are expected to order, as tables."""
