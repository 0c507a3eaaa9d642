"""What `verify` holds a study against: the rows that its audit trail tells of."""
