"""Operations that suppliers do: what is ordered of them, what of ours lies there, what comes back and what it has cost."""
