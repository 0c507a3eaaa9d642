"""The vote: what the submitted gradings of one image settle, and what is left to the adjudicator."""
