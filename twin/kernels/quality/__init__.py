"""Statistics of quality: control charts, rules for signals, capability, measuring systems. Arrays in, arrays out."""
