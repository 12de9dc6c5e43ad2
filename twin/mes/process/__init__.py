"""How work is done: limits of process values, phases, guided steps, and prompts that say what to change and why."""
