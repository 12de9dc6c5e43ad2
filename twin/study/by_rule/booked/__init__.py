"""Books of runs by rule that need the entries themselves: the ERP hears what the pages say, and books it."""
