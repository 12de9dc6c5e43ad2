"""What customers ask for: orders that are known, streams of orders, and forecasts that are drawn into streams."""
