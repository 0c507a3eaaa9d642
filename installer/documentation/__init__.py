"""The documentation: pages made from the code when the site is built, and the manual as a PDF."""
