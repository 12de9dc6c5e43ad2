"""What planners say on the page of the material plan."""
