"""`twin losses`: what single losses have cost, by counterfactual."""
