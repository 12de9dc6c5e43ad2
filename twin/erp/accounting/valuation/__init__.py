"""What stock is worth where actual cost counts: FIFO and moving average, late facts by difference, landed cost, periods."""
