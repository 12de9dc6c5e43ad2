"""What is said to other systems, and what they may say: messages shaped as B2MML V0700 shapes them, as JSON."""
