"""What stands and moves on the floor, beyond equipment itself: declared tables of plant.yaml."""
