"""What may be changed in a scenario, which combinations to try, and what follows: effects, sensitivities, the best that was found."""
