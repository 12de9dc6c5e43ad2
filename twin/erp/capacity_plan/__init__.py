"""MRP II: the load of equipment and persons, what does not fit, and what can be promised by material and capacity."""
