"""Cameras of the network, webcams and files: shots in order for whoever never waits for them."""
