"""The people who work here: who has which role, what specialists can take, a lost second factor."""
