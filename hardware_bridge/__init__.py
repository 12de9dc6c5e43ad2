"""The hardware bridge, a process of its own: OPC UA and Modbus TCP into a journal (`connect`), and a journal as virtual PLCs (`serve`)."""

from twin import beginning as beginning
