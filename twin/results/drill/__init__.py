"""From a figure down to the intervals, events and facts that it is made of; what holds a plant up."""
