"""What planners say of a plan: orders that it leaves alone, and what customers are expected to want."""
