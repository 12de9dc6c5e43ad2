"""What a person declares for quality: what is inspected, how it is sampled, and on which chart it is kept."""
