"""Panel pages. They show what `results` says and do no arithmetic of their own."""
