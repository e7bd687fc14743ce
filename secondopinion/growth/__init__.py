"""Growth of children against published references: z-scores and centiles, without a database."""
