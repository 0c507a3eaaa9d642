"""`python -m retina_studio` is the console script."""

from retina_studio.cli import main

main()
