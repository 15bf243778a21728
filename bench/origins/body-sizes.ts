// How large the bodies of the cases are, in bytes, by the path that they are asked for at.

export const bodySizes = { "1k": 1_024, "1m": 1_000_000, "100m": 100_000_000 } as const;
