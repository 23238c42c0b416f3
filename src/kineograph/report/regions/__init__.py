"""Reports of networks that find the regions of a picture and describe them."""
