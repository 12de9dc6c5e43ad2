"""A journal as virtual PLCs: the facts of a plant, published at their time as OPC UA and Modbus TCP servers."""
