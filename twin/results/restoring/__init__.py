"""After a fault journal and books are as they were after a whole round."""
