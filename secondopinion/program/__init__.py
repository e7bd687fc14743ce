"""What a hospital configures: brand, languages, rules, checklists, targets."""
