"""From the answers of a network to what they say of the image: one file a stem."""
