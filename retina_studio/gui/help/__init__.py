"""What the menu "Help" shows: the tour, the log, what this application is."""
